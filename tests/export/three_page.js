// What three.js makes of a .glb. The page has loaded three.js and its GLTFLoader, and set MODEL (the file in base64) and FRAMES (numbers of
// key frames). The document gets, between TABLE and END, a line "FRAME NAME x y z" per frame and joint of the skin, in the world of the
// file; then the number of pixels that show something when the last frame is drawn.
function pixelsDrawn(scene) {
    const size = 256;
    const renderer = new THREE.WebGLRenderer({ preserveDrawingBuffer: true });
    const camera = new THREE.PerspectiveCamera(40, 1, 0.1, 20);
    const middle = new THREE.Box3().setFromObject(scene).getCenter(new THREE.Vector3());
    camera.position.set(middle.x, middle.y, middle.z + 4);
    scene.add(new THREE.AmbientLight(0xffffff));
    renderer.setClearColor(0x000000);
    renderer.setSize(size, size);
    renderer.render(scene, camera);
    const gl = renderer.getContext();
    const rgba = new Uint8Array(4 * size * size);
    gl.readPixels(0, 0, size, size, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
    return rgba.reduce((n, value, i) => n + (i % 4 === 0 && value > 20), 0);
}

function show(gltf) {
    const nodes = gltf.parser.json.nodes;
    const names = gltf.parser.json.skins[0].joints.map((joint) => nodes[joint].name);
    const times = gltf.animations[0].tracks[0].times;
    const mixer = new THREE.AnimationMixer(gltf.scene);
    const action = mixer.clipAction(gltf.animations[0]).setLoop(THREE.LoopOnce);
    const lines = [];
    action.clampWhenFinished = true;
    for (const frame of FRAMES) {
        action.reset().play();
        mixer.setTime(times[frame]);
        gltf.scene.updateMatrixWorld(true);
        for (const name of names) {
            const at = gltf.scene.getObjectByName(name).getWorldPosition(new THREE.Vector3());
            lines.push([frame, name, at.x, at.y, at.z].join(" "));
        }
    }
    document.body.textContent = "TABLE\n" + lines.join("\n") + "\nEND " + pixelsDrawn(gltf.scene);
}

const bytes = Uint8Array.from(atob(MODEL), (letter) => letter.charCodeAt(0));
new THREE.GLTFLoader().parse(bytes.buffer, "", show, (error) => console.error(error));
