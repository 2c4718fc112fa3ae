"""
Which part is which bone: from the sphere patches and the graph of joined parts, never from the names of the parts.

  pelvis   carries hips_L and hips_R        humerus  carries humerus_PL
  femur    carries femur_PL                 forearm  carries ulna_PL
  tibia    carries tibia_PL                 girdle   (clavicle and scapula) carries shoulder_L
  foot     other neighbour of the tibia     hand     other neighbour of the forearm
  ribs     carry sternum_L                  spine    path from the pelvis to the part farthest from it without limbs and ribs
"""
from dataclasses import dataclass, field

import numpy as np

from .problem import Problem

SIDES = ("r", "l")  # the order of segments in a model archive
SPHERES = ("hips_", "femur_P", "femur_D", "tibia_P", "shoulder_", "humerus_P", "humerus_D", "ulna_P", "clavicle_", "sternum_")
# SMPL joints whose motion moves a part
PELVIS, SPINE_1, SPINE_2, SPINE_3, NECK, HEAD = 0, 3, 6, 9, 12, 15
LIMB_JOINTS = {
    "l": {"femur": 1, "tibia": 4, "foot": 7, "girdle": 13, "humerus": 16, "forearm": 18, "hand": 20},
    "r": {"femur": 2, "tibia": 5, "foot": 8, "girdle": 14, "humerus": 17, "forearm": 19, "hand": 21},
}


@dataclass
class Anatomy:
    pelvis: int
    ribs: int
    spine: list  # from the pelvis to the skull, both included
    limb: dict = field(default_factory=dict)  # side: name: part

    @property
    def lumbar(self):
        return self.spine[1]

    @property
    def thorax(self):
        return self.spine[-3]

    @property
    def neck(self):
        return self.spine[-2]

    @property
    def head(self):
        return self.spine[-1]


def patch(skeleton, name, side):
    """Points of a sphere patch, e.g. femur_P of the side r."""
    key = name + side.upper()
    if key not in skeleton.patches:
        raise Problem(f"gloss_ball_joints_ldm.pkl: names: {key}: missing")
    return skeleton.patches[key]


def carrier(skeleton, name, side):
    return int(skeleton.part[patch(skeleton, name, side)[0]])


def neighbours(skeleton, part):
    return sorted({b if a == part else a for a, b in skeleton.edges if part in (a, b)})


def other_neighbour(skeleton, part, known, what):
    left = [p for p in neighbours(skeleton, part) if p != known]
    if len(left) != 1:
        raise Problem(f"skeleton_model.pkl: pairs: expected one part beyond {skeleton.names[part]} ({what}), found {len(left)}")
    return left[0]


def limb_parts(skeleton, side):
    femur, tibia = carrier(skeleton, "femur_P", side), carrier(skeleton, "tibia_P", side)
    humerus, forearm = carrier(skeleton, "humerus_P", side), carrier(skeleton, "ulna_P", side)
    if carrier(skeleton, "femur_D", side) != femur or carrier(skeleton, "humerus_D", side) != humerus:
        raise Problem("gloss_ball_joints_ldm.pkl: expected both ends of a femur and of a humerus on one part each")
    return {
        "femur": femur,
        "tibia": tibia,
        "foot": other_neighbour(skeleton, tibia, femur, "the foot"),
        "girdle": carrier(skeleton, "shoulder_", side),
        "humerus": humerus,
        "forearm": forearm,
        "hand": other_neighbour(skeleton, forearm, humerus, "the hand"),
    }


def spine_path(skeleton, pelvis, apart):
    """The longest of the shortest paths from the pelvis through parts that are not set apart."""
    paths, front = {pelvis: [pelvis]}, [pelvis]
    while front:
        part = front.pop(0)
        for beyond in neighbours(skeleton, part):
            if beyond not in paths and beyond not in apart:
                paths[beyond] = paths[part] + [beyond]
                front.append(beyond)
    spine = max(paths.values(), key=len)
    if len(spine) < 5:
        raise Problem(f"skeleton_model.pkl: pairs: expected lumbar spine, thorax, neck and skull above the pelvis, found {len(spine) - 1} parts")
    return spine


def check_sides(skeleton):
    """Left is on +x."""
    x = {side: np.mean([placed(skeleton)[p, 0] for p in patch(skeleton, "femur_P", side)]) for side in SIDES}
    if not x["l"] > x["r"]:
        raise Problem("skeleton_model.pkl: expected a template that faces +z with its left on +x, found its left femur to the right")


def placed(skeleton):
    """Points of the template skeleton, as stage 3 begins with them."""
    return np.concatenate(skeleton.local) + skeleton.translation[skeleton.part]


def identify(skeleton):
    for name in SPHERES:
        for side in SIDES:
            patch(skeleton, name, side)
    check_sides(skeleton)
    pelvis, ribs = carrier(skeleton, "hips_", "r"), carrier(skeleton, "sternum_", "r")
    if carrier(skeleton, "hips_", "l") != pelvis or carrier(skeleton, "sternum_", "l") != ribs:
        raise Problem("gloss_ball_joints_ldm.pkl: expected both hips on one part, and both ends of the sternum")
    limb = {side: limb_parts(skeleton, side) for side in SIDES}
    apart = {p for parts in limb.values() for p in parts.values()} | ({ribs} if ribs != pelvis else set())
    anatomy = Anatomy(pelvis, ribs, spine_path(skeleton, pelvis, apart), limb)
    named = anatomy.spine + [p for parts in limb.values() for p in parts.values()]
    if len(set(named)) != len(named) or ribs in anatomy.spine:
        raise Problem("gloss_ball_joints_ldm.pkl: expected pelvis, ribs, spine and limbs on parts of their own")
    return anatomy


def seen_joints(skeleton, body):
    """Joint that moves most of the skin that springs tie to a part; -1 where there is none."""
    skin, point = skeleton.springs
    votes = np.zeros((len(skeleton.names), body.weights.shape[1]))
    np.add.at(votes, skeleton.part[point], body.weights[skin])
    return np.where(votes.any(1), votes.argmax(1), -1)


def part_joints(skeleton, body, anatomy):
    """SMPL joint that moves each part: by what it is; for a part that is none of the known ones by the skin around it, or its parent's."""
    joint = np.full(len(skeleton.names), -1)
    joint[anatomy.spine[2:-2]] = SPINE_2
    joint[[anatomy.thorax, anatomy.ribs]] = SPINE_3
    joint[[anatomy.pelvis, anatomy.lumbar, anatomy.neck, anatomy.head]] = [PELVIS, SPINE_1, NECK, HEAD]
    for side, parts in anatomy.limb.items():
        for name, part in parts.items():
            joint[part] = LIMB_JOINTS[side][name]
    seen = seen_joints(skeleton, body)
    for part in range(len(joint)):  # parents come first
        if joint[part] < 0:
            joint[part] = seen[part] if seen[part] >= 0 else max(joint[skeleton.parent[part]], 0)
    return joint
