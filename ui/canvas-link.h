/* Canvases that move as one: zoom and pan of one are those of all, and where the pointer is in one
 * a cross is in the others. Pictures of different sizes keep the same relative place. */
#pragma once

#include "ui/canvas.h"

typedef struct _SalCanvasLink SalCanvasLink;

SalCanvasLink *sal_canvas_link_new (void);
/** sal_canvas_link_free: the canvases stay, each for itself */
void sal_canvas_link_free (SalCanvasLink *link);
/** sal_canvas_link_add: until it is destroyed */
void sal_canvas_link_add (SalCanvasLink *link, SalCanvas *canvas);
