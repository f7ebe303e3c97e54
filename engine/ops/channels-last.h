/* Operators that only plans write, when they lower a graph (graph/lower.h): pictures with channels
 * last, N×H×W×C, and weights packed in advance. No file can name them: they exist from an operator
 * set on that there is none of. */
#pragma once

#include "engine/ops/window.h"

#define SAL_OPSET_LOWERED (1 << 24)

/** SAL_LAST_LENGTH: axes, steps and padding up to which kernels count in ints */
#define SAL_LAST_LENGTH (1 << 18)

/**
 * SAL_CONV_LAST: y = clamp (w ⋆ x + bias + addend)
 * Inputs: x [N,H,W,C]; w [K,C/group,R,S], constant; bias [K], constant, optional; addend
 * [N,Ho,Wo,K], optional.
 * Attributes: `strides`, `dilations`, `before` (padding above, to the left), `out` (Ho, Wo),
 * `group`, `low`, `high`, `exact` (no Winograd).
 */
#define SAL_CONV_LAST "ConvLast"
/** SAL_SCALE_LAST: y = scale · x + shift; scale and shift [C], constant */
#define SAL_SCALE_LAST "ScaleLast"
/** SAL_POOL_LAST: MaxPool, AveragePool and their global forms, with the attributes that
 *  sal_pool_describe() writes */
#define SAL_POOL_LAST "PoolLast"
/** SAL_CONCAT_LAST: the inputs side by side on the last axis */
#define SAL_CONCAT_LAST "ConcatLast"
/** SAL_CHANNELS_LAST: N×C×H×W to N×H×W×C; SAL_CHANNELS_FIRST: back */
#define SAL_CHANNELS_LAST "ChannelsLast"
#define SAL_CHANNELS_FIRST "ChannelsFirst"

/** sal_conv_window: Returns: the window of a Conv whose setup is done */
const SalWindow *sal_conv_window (const SalOpSetup *conv);

/**
 * sal_conv_describe:
 * @conv: setup of a two-dimensional Conv
 * @last: its counterpart with channels last, for its strides, dilations, padding, size and groups
 */
void sal_conv_describe (const SalOpSetup *conv, SalNode *last);
/** sal_conv_last_bytes: Returns: memory that the weights of a Conv's counterpart take, packed for
 *  both directions; @exact: without Winograd */
gsize sal_conv_last_bytes (const SalOpSetup *conv, gboolean exact);

/**
 * sal_pool_describe:
 * @pool: setup of a pool over N×C×H×W
 * @last: (nullable): its counterpart with channels last, for the attributes
 *
 * Returns: whether it can have one
 */
gboolean sal_pool_describe (const SalOpSetup *pool, SalNode *last);

/* Operators of the model that work on channels-last pictures as they are. */

/** sal_last_is_unary: Returns: whether an operator looks at one picture, element by element */
gboolean sal_last_is_unary (const char *op);
/** sal_last_is_arithmetic: Returns: whether it takes several, broadcast to each other */
gboolean sal_last_is_arithmetic (const char *op);

/* What these operators share. */

/** sal_last_pair: reads an attribute of two numbers, down and across */
gboolean sal_last_pair (const SalOpSetup *setup, const char *name, int *pair, GError **error);
/** sal_last_max_team: Returns: the largest team that scratch memory is sized for */
int sal_last_max_team (void);
/** sal_last_team: Returns: (nullable): the team, unless it is larger */
SalTeam *sal_last_team (const SalOpArgs *a);
