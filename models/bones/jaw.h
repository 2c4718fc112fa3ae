/** Jaw joint, shared by the skull and the mandible; skull frame, mm and degrees. */
#ifndef OIK_MODELS_JAW_H
#define OIK_MODELS_JAW_H

/** Left condyle: centre, half-axes, turn about y: its lateral pole lies a little before the medial one. */
#define OIK_JAW_CENTRE P(50, -6.5, 12)
#define OIK_JAW_HALF P(9.2, 4.2, 4.2)
#define OIK_JAW_TURN (-14.0)

#endif
