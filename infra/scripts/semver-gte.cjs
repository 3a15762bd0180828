/** All that is asked of `semver` by what is bundled, without the rest of it. */
exports.gte = require("semver/functions/gte");
