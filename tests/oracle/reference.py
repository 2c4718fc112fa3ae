#!/usr/bin/env python3
"""What the published method gives on a model of its file layout, computed with the dense formulas of published.py.

    python3 reference.py DIR                      DIR/pack/data and DIR/bodies -> DIR/expected/{female,male}/*.npz
    python3 reference.py DIR --check EXPECTED     compare with another program's expected/ instead; the status is 1 when they differ

Files: star_posed (end of stage 1), skel_lying (3), skel_posed (4); min_<call>: x0, x1, accepted iterates p, residual blocks at the start r0_*
and at the end r1_*, Jacobian at the start (CSR: J0_data, J0_indices, J0_indptr, J0_shape). min_pose_2 has the released program's wrong
derivative of sphere centres in it, min_pose_2_right has not. To keep the files small, J0 is not in register_1, register_3, pose_2_right
and the male's register_2, and there is no min_pose_2_right of the male; --jacobians writes all.
Needs numpy, and scipy when the model has sparse matrices.
"""
import argparse
import os
import pickle
import sys

import numpy as np

import published

# agreement that a faithful implementation reaches; a Jacobian counts in units of its largest entry
BARS = {"r": 1e-12, "J": 1e-11, "p": 5e-8}
# the released program fits spheres to points about the world's origin: its own rounding
FIT_ROUNDING = {"ball_joint": 1e-9, "J_fault": 2e-5}


ALL = [f"min_{c}" for c in ("register_0", "register_1", "register_2", "register_3", "infer_0", "pose_0", "pose_1", "pose_2", "pose_2_right")]
# where committed files have it: small ones, and one large one
FEW = {"female": ["min_register_0", "min_register_2", "min_infer_0", "min_pose_0", "min_pose_1", "min_pose_2"],
       "male": ["min_register_0", "min_infer_0", "min_pose_0", "min_pose_1", "min_pose_2"]}



def load(path):
    """A pickle of this project's own making."""
    with open(path, "rb") as f:
        value = pickle.load(f, encoding="latin1")
    return value.toarray() if hasattr(value, "toarray") else value


def pack_of(data, gender):
    s, pca = f"{data}/skeleton", load(f"{data}/skeleton/skeleton_pca_{gender}.pkl")
    return dict(skeleton_model=load(f"{s}/skeleton_model.pkl"), M=pca["M"], B=pca["B"], betas_regressor=load(f"{s}/betas_regressor_{gender}.pkl"),
                ldm_regressor=load(f"{s}/ldm_regressor_{gender}.pkl"), ldm_indices=load(f"{s}/ldm_indices.pkl"),
                lying_pose=load(f"{s}/lying_pose_{gender}.pkl"), contacts=load(f"{data}/loss/skin_skel_contacts.pkl"),
                springs=load(f"{data}/loss/skin_skeleton_pairs.pkl"), balls=load(f"{data}/loss/gloss_ball_joints_ldm.pkl"),
                knee=load(f"{data}/loss/knee_ligament_pairs.pkl"), clavicle=load(f"{data}/loss/clavicle_ligament_pairs.pkl"))


def read_ply(path):
    """Vertices of a binary PLY file with float x, y, z."""
    with open(path, "rb") as f:
        head, _, body = f.read().partition(b"end_header\n")
    n = int(head.split(b"element vertex ")[1].split()[0])
    return np.frombuffer(body, "<f4", 3 * n).reshape(n, 3).astype(float)


def call_record(iterates, blocks, J):
    out = dict(x0=iterates[0], x1=iterates[-1], p=iterates)
    for k, r in zip(("r0", "r1"), blocks):
        out.update({f"{k}_{name}": np.ravel(block) for name, block in r.items()})
    if J is not None:
        rows, columns = np.nonzero(J)
        indptr = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(J)))]).astype(np.int32)
        out.update(J0_data=J[rows, columns], J0_indices=columns.astype(np.int32), J0_indptr=indptr, J0_shape=np.array(J.shape))
    return out


def dense(record):
    J = np.zeros(record["J0_shape"])
    rows = np.repeat(np.arange(len(J)), np.diff(record["J0_indptr"]))
    J[rows, record["J0_indices"]] = record["J0_data"]
    return J


def run(directory, gender, jacobians=(), given=None):
    """
    {file name: arrays}. jacobians: names of the calls whose J0 is wanted.
    given: records of another program; each call and stage then starts from theirs, so that rounding does not add up.
    """
    given = given or {}
    data, out = f"{directory}/pack/data", {}
    skin_model = dict(np.load(f"{data}/star_1_1/{gender}/model.npz"))
    faces = skin_model["f"].astype(np.int64)
    x = read_ply(f"{directory}/bodies/{gender}.ply")

    def record(name, solve, residuals, start, jac=None):
        """Solve from `start` or from the other program's start."""
        name = f"min_{name}"
        theirs = given.get(name)
        if given and theirs is None:
            return start
        iterates = solve(start if theirs is None else theirs["x0"])
        blocks = [residuals(iterates[0]), residuals(iterates[-1] if theirs is None else theirs["x1"])]
        jac = jac or (lambda z: published.jacobian(residuals, z))
        out[name] = dict(call_record(iterates, blocks, jac(iterates[0]) if name in jacobians else None), x0=start)
        return iterates[-1] if theirs is None else theirs["x1"]

    full = np.concatenate([np.zeros(82), x.mean(0)])
    for k, (free, weight) in enumerate(published.REGISTER_CALLS):
        residuals = published.register_residuals(skin_model, x, full, free, weight)
        full = full.copy()
        full[free] = record(f"register_{k}", lambda z: published.dogleg(residuals, z, 5), residuals, full[free])
    beta, theta, tau = full[:10], full[10:82].reshape(24, 3), full[82:]
    skin = published.body(skin_model, beta, theta, tau)
    out["star_posed"] = dict(input_v=x, pose=theta.ravel(), betas=beta, trans=tau, verts=skin, faces=skin_model["f"])

    puppet = published.Puppet(pack_of(data, gender))
    residuals, start, lying = published.infer_residuals(puppet, skin_model, beta)
    x_lying = record("infer_0", lambda z: published.dogleg(residuals, z, 20), residuals, start)
    lying = published.single(lying)
    out["skel_lying"] = dict(placement(puppet, x_lying), T=puppet.T.ravel(), interfI=puppet.stitch_a, interfJ=puppet.stitch_b,
                             pairIdx=puppet.stitch_edge.astype(np.uint8), star_lying=lying)
    posing = published.Posing(puppet, x_lying, lying, published.single(skin), faces)
    start = posing.start(x_lying)
    for k, (call, steps) in enumerate(((posing.call_a, 10), (posing.call_b, 10))):
        start = record(f"pose_{k}", lambda z: published.dogleg(call, z, steps), call, start)
    record("pose_2_right", lambda z: published.dogleg(posing.call_c, z, 15), posing.call_c, start)
    end = record("pose_2", lambda z: published.dogleg(posing.call_c, z, 15, posing.call_c_fault), posing.call_c, start, posing.call_c_fault)
    out["skel_posed"] = placement(puppet, end)
    return out


def placement(puppet, x):
    r, t = x.reshape(2, -1)
    return dict(r_abs=r, t=t, verts=puppet.place(x), faces=puppet.faces.astype(np.uint32))


def cost(record, which):
    return sum(float(v @ v) for k, v in record.items() if k.startswith(which + "_"))


def differences(mine, theirs):
    """[(what, difference, bar)] of two records of the same call or result. Of iterates as many as both have: a converged call ends in
    steps of rounding size, whose number is chance."""
    out = []
    for k in sorted(theirs):
        if k.startswith("J0_") or k == "x1":
            continue
        n = min(len(mine[k]), len(theirs[k])) if k == "p" else None
        d = float(np.abs(np.asarray(mine[k][:n], float) - np.asarray(theirs[k][:n], float)).max())
        bar = BARS["p"] if k == "p" else FIT_ROUNDING["ball_joint"] if k.endswith("ball_joint") else BARS["r"]
        out.append((k, d, bar * max(1.0, np.abs(theirs[k]).max())))
    if "J0_data" in theirs:
        J = dense(theirs)
        bar = FIT_ROUNDING["J_fault"] if "r0_ball_joint" in theirs else BARS["J"]
        out.append(("J0", float(np.abs(dense(mine) - J).max()), bar * max(1.0, np.abs(J).max())))
    return out


def check(directory, expected):
    """Compare with the files in another expected/; prints all differences, returns how many are too large."""
    bad = 0
    for gender in ("female", "male"):
        theirs = {f[:-4]: dict(np.load(f"{expected}/{gender}/{f}")) for f in sorted(os.listdir(f"{expected}/{gender}"))}
        mine = run(directory, gender, [name for name in theirs if name.startswith("min_")], theirs)
        for name, record in theirs.items():
            rows = differences(mine[name], record)
            bad += sum(not d <= bar for _, d, bar in rows)
            print(gender, name, " ".join(f"{k} {d:.0e}{'' if d <= bar else ' (bar %.0e)' % bar}" for k, d, bar in rows))
    return bad


def main(argv=None):
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("directory")
    p.add_argument("--check", metavar="EXPECTED")
    p.add_argument("--jacobians", action="store_true", help="write the Jacobians of all calls")
    o = p.parse_args(argv)
    if o.check:
        return 1 if check(o.directory, o.check) else 0
    for gender in ("female", "male"):
        records = run(o.directory, gender, ALL if o.jacobians else FEW[gender])
        os.makedirs(f"{o.directory}/expected/{gender}", exist_ok=True)
        for name, arrays in records.items():
            if name == "min_pose_2_right" and gender == "male" and not o.jacobians:
                continue
            np.savez_compressed(f"{o.directory}/expected/{gender}/{name}.npz", **arrays)
            if name.startswith("min_"):
                print(f"{gender:7} {name:17} {len(arrays['p']) - 1:3} steps, cost {cost(arrays, 'r0'):.9g} -> {cost(arrays, 'r1'):.9g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
