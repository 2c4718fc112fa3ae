// Khronos' glTF validator over a file: node gltf_validate.js MODULE FILE
// MODULE: folder of the npm package gltf-validator. Prints errors and warnings; exit code 1 when there is any.
const fs = require("fs");
const [, , module_path, file] = process.argv;
const validator = require(fs.realpathSync(module_path));

validator.validateBytes(new Uint8Array(fs.readFileSync(file))).then((report) => {
    const { numErrors, numWarnings, messages } = report.issues;
    for (const message of messages) {
        if (message.severity < 2) {
            console.log(`${message.code} ${message.pointer}: ${message.message}`);
        }
    }
    process.exit(numErrors + numWarnings > 0 || report.mimeType !== "model/gltf-binary" ? 1 : 0);
});
