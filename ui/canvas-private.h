/* What the canvas's own files share. */
#pragma once

#include "ui/canvas-pyramid.h"
#include "ui/canvas-view.h"
#include "ui/canvas.h"

/**
 * SalCanvasLayer: a copy at device pixels, never changed once made, so that a texture may use it
 * @surface: (nullable): of the size of @window
 * @texture: (nullable): the same memory, where the renderer wants one
 * @window: the part it holds, from the corner of the scaled picture
 * @width: of the whole scaled picture, @height likewise
 */
typedef struct {
  cairo_surface_t *surface;
  GdkTexture *texture;
  cairo_rectangle_int_t window;
  int width, height;
  SalSampling how;
} SalCanvasLayer;

typedef enum {
  SAL_CANVAS_DRAG_NONE,
  SAL_CANVAS_DRAG_PAN,
  SAL_CANVAS_DRAG_WIPE,
} SalCanvasDrag;

struct _SalCanvas {
  GtkWidget parent_instance;

  /* What is shown */
  SalImage *picture;
  SalPyramid *pyramid;
  SalHeatmap *heatmap;
  SalRect seen; /* width 0: the whole picture */
  SalOverlayStyle style;
  SalCanvasMode mode;
  gboolean bare;
  double wipe;
  double progress;
  gboolean show_bar;
  char *description;
  double cross_x, cross_y;

  /* Where */
  SalCanvasView view;
  double notified_zoom;
  gboolean notified_fit;

  /* Drawn: the pictures of the panes, the heatmap as the mode wants it, and all of it as a node */
  SalCanvasLayer panes[2];
  SalCanvasLayer heat;
  GskRenderNode *content;
  struct {
    cairo_surface_t *surface; /* (nullable): dropped, and to be used again */
    int frames;               /* since then */
  } spare[4];
  gboolean moving; /* the cheaper filter will do */
  guint rest_id;
  guint work_id;
  guint describe_id;

  /* The pointer */
  gboolean pointed;
  double pointer_x, pointer_y;
  SalCanvasHover hover;
  SalCanvasDrag drag;
  double drag_x, drag_y; /* how far it was dragged already */
  double pinch_zoom, pinch_x, pinch_y;
};

/* canvas-place.c */

/** sal_canvas_view_changed: settles the view and lets everything follow that depends on it;
 * @moving: whether more is to come at once, as in a gesture */
void sal_canvas_view_changed (SalCanvas *self, gboolean moving);

/** sal_canvas_on_divider: Returns: whether a point of the widget is on the divider */
gboolean sal_canvas_on_divider (SalCanvas *self, double x, double y);

/** sal_canvas_wipe_to: moves the divider to a place in the widget */
void sal_canvas_wipe_to (SalCanvas *self, double x);

/* canvas-tell.c */

/** sal_canvas_probe: looks again at what is under the pointer */
void sal_canvas_probe (SalCanvas *self);
/** sal_canvas_update_actions: enables those that would change something */
void sal_canvas_update_actions (SalCanvas *self);
/** sal_canvas_describe: soon tells assistive technology what is shown */
void sal_canvas_describe (SalCanvas *self);

/* canvas-input.c */

/** sal_canvas_input_class: keys */
void sal_canvas_input_class (GtkWidgetClass *widget_class);
/** sal_canvas_input_add: gestures */
void sal_canvas_input_add (SalCanvas *self);

/* canvas-layers.c */

/** sal_canvas_layer_picture: makes @layer hold what @pane shows of the picture, if it does not */
void sal_canvas_layer_picture (SalCanvas *self, SalCanvasLayer *layer, const SalCanvasPane *pane);
/** sal_canvas_layer_heat: likewise the heatmap; @alone: opaque, without the picture under it */
void sal_canvas_layer_heat (SalCanvas *self, const SalCanvasPane *pane, gboolean alone);
/** sal_canvas_layers_age: to be called once per frame: memory that goes unused is freed */
void sal_canvas_layers_age (SalCanvas *self);
/** sal_canvas_layers_clear: frees what was dropped */
void sal_canvas_layers_clear (SalCanvas *self);
/** sal_canvas_layers_drop: forgets the drawn content; @picture: and the copies of the picture,
 * @heat: and that of the heatmap */
void sal_canvas_layers_drop (SalCanvas *self, gboolean picture, gboolean heat);

/* canvas-paint.c */

/** sal_canvas_paint: draws everything */
void sal_canvas_paint (SalCanvas *self, GtkSnapshot *snapshot);
