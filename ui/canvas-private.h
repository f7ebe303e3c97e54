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
  SAL_CANVAS_DRAG_SELECT,
} SalCanvasDrag;

/**
 * SalCanvasOutline: lines around cells of the grid, drawn once for as long as nothing moves
 * @surface: (nullable): what @window holds
 * @window: from the corner of what is visible of the picture
 * @at: what is visible, from the corner of the scaled picture
 * @width: of the whole scaled picture, @height likewise
 */
typedef struct {
  cairo_surface_t *surface;
  cairo_rectangle_int_t window, at;
  int width, height;
} SalCanvasOutline;

struct _SalCanvas {
  GtkWidget parent_instance;

  /* What is shown */
  SalImage *picture;
  SalPyramid *pyramid;
  SalHeatmap *heatmap;
  SalRegion *marks;              /* (nullable): of its cells */
  SalHeatmap *drawn, *fade_from; /* (nullable): on the way to it */
  gint64 fade_start;             /* of the frame clock; 0: the next frame's */
  guint fade_id;
  SalRect seen; /* width 0: the whole picture */
  SalOverlayStyle style;
  SalCanvasMode mode;
  gboolean bare;
  double wipe;
  double progress;
  gboolean show_bar;
  gboolean loupe;
  char *description;
  double cross_x, cross_y;

  /* What is selected */
  SalCanvasTool tool;
  int columns, rows; /* of the grid */
  int *segments;     /* (nullable) */
  SalRegion *region; /* (nullable) */
  GArray *trail;     /* double[2]: where a drag that selects has been, in cells */
  gboolean taking;   /* segments are being taken away */
  int pointed_segment;
  SalCanvasOutline outline, hint, cuts;

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
  guint spare_id;   /* until those are freed */
  guint hidden_id;  /* until all is, of a canvas that is not seen */
  gboolean moving;  /* the cheaper filter will do */
  gint64 pace_from; /* when something moved last, on the frame clock's scale */
  guint pace_id;
  guint rest_id;
  guint describe_id;

  /* The pointer */
  gboolean pointed;
  gboolean cursor; /* by keys, so that its place has to be shown */
  double pointer_x, pointer_y;
  SalCanvasHover hover;
  graphene_rect_t bar; /* where the colour bar was drawn; empty if it was not */
  gboolean bar_faint;  /* as it was drawn, under the pointer */
  SalCanvasDrag drag;
  GtkEventController *gestures[3];
  double drag_from_x, drag_from_y;
  double drag_x, drag_y; /* how far it was dragged already */
  double pinch_zoom, pinch_x, pinch_y;
};

/* canvas-show.c */

/** sal_canvas_let_go_of_picture: and of what was made of it; nothing is told */
void sal_canvas_let_go_of_picture (SalCanvas *self);

/* canvas-place.c */

/** sal_canvas_view_changed: settles the view and lets everything follow that depends on it;
 * @moving: whether more is to come at once, as in a gesture */
void sal_canvas_view_changed (SalCanvas *self, gboolean moving);
/** sal_canvas_view_resized: likewise, but others hear of it only once everything has its place:
 * they would change what is being laid out */
void sal_canvas_view_resized (SalCanvas *self, gboolean moving);

/** sal_canvas_on_divider: Returns: whether a point of the widget is on the divider */
gboolean sal_canvas_on_divider (SalCanvas *self, double x, double y);

/** sal_canvas_wipe_to: moves the divider to a place in the widget */
void sal_canvas_wipe_to (SalCanvas *self, double x);

/* canvas-pace.c */

/** sal_canvas_pace: frames keep their pace, for more of the same is likely to come at once */
void sal_canvas_pace (SalCanvas *self);

/* canvas-tell.c */

/** sal_canvas_probe: looks again at what is under the pointer */
void sal_canvas_probe (SalCanvas *self);
/** sal_canvas_update_actions: enables those that would change something */
void sal_canvas_update_actions (SalCanvas *self);
/** sal_canvas_describe: soon tells assistive technology what is shown */
void sal_canvas_describe (SalCanvas *self);

/* canvas-select.c */

/** sal_canvas_select_init, sal_canvas_select_clear: from nothing, and to nothing */
void sal_canvas_select_init (SalCanvas *self);
void sal_canvas_select_clear (SalCanvas *self);
/** sal_canvas_select_drop: the seen rectangle or the view has changed: lines are drawn anew */
void sal_canvas_select_drop (SalCanvas *self);
/** sal_canvas_select_begin: a drag starts at a point of the widget; @more: to change what is
 *  selected rather than to start over. Returns: whether it selects */
gboolean sal_canvas_select_begin (SalCanvas *self, double x, double y, gboolean more);
void sal_canvas_select_update (SalCanvas *self, double x, double y);
void sal_canvas_select_end (SalCanvas *self);
/** sal_canvas_select_point: shows which superpixel is under the pointer */
void sal_canvas_select_point (SalCanvas *self);
/** sal_canvas_select_escape: Returns: whether there was something to leave */
gboolean sal_canvas_select_escape (SalCanvas *self);

/* canvas-marks.c */

/** sal_canvas_marks_paint: hatches marked cells in a copy of the heatmap; @where: of the whole
 *  heatmap, in the copy's pixels */
void sal_canvas_marks_paint (SalCanvas *self, cairo_surface_t *surface, const SalRect *where);

/* canvas-fade.c */

/** sal_canvas_drawn: Returns: (transfer none) (nullable): the heatmap as it is to be drawn now */
SalHeatmap *sal_canvas_drawn (SalCanvas *self);
/** sal_canvas_fade_stop: draws the heatmap as it is from now on */
void sal_canvas_fade_stop (SalCanvas *self);

/* canvas-loupe.c */

/** sal_canvas_loupe_paint: draws it, if it is to be seen */
void sal_canvas_loupe_paint (SalCanvas *self, GtkSnapshot *snapshot);

/* canvas-outline.c */

/** sal_canvas_outline_paint: draws what is selected, and what is about to be */
void sal_canvas_outline_paint (SalCanvas *self, GtkSnapshot *snapshot, const SalCanvasPane *pane);

/* canvas-cursor.c */

/** sal_canvas_cursor_class: keys that move the pointer, and select with it */
void sal_canvas_cursor_class (GtkWidgetClass *widget_class);

/* canvas-input.c */

/** sal_canvas_input_class: keys */
void sal_canvas_input_class (GtkWidgetClass *widget_class);
/** sal_canvas_input_add: gestures */
void sal_canvas_input_add (SalCanvas *self);
/** sal_canvas_input_let_go: whatever the pointer does here ends; for a canvas that is taken away */
void sal_canvas_input_let_go (SalCanvas *self);

/* canvas-layers.c */

/** sal_canvas_layer_picture: makes @layer hold what @pane shows of the picture, if it does not */
void sal_canvas_layer_picture (SalCanvas *self, SalCanvasLayer *layer, const SalCanvasPane *pane);
/** sal_canvas_layer_heat: likewise the heatmap; @alone: opaque, without the picture under it */
void sal_canvas_layer_heat (SalCanvas *self, const SalCanvasPane *pane, gboolean alone);
/** sal_canvas_layers_age: to be called once per frame: what was dropped becomes free to be used */
void sal_canvas_layers_age (SalCanvas *self);
/** sal_canvas_layers_clear: frees what was dropped */
void sal_canvas_layers_clear (SalCanvas *self);
/** sal_canvas_layers_drop: forgets the drawn content; @picture: and the copies of the picture,
 * @heat: and that of the heatmap */
void sal_canvas_layers_drop (SalCanvas *self, gboolean picture, gboolean heat);

/* canvas-paint.c */

/** sal_canvas_rect: device pixels of the widget in its own units */
void sal_canvas_rect (const SalCanvas *self, const cairo_rectangle_int_t *device,
                      graphene_rect_t *rect);
/** sal_canvas_stroke: strokes the path white within black: to be seen on any picture */
void sal_canvas_stroke (cairo_t *cr, double width);
/** sal_canvas_points_at_bar: Returns: whether the pointer is where the colour bar was drawn last */
gboolean sal_canvas_points_at_bar (SalCanvas *self);
/** sal_canvas_paint: draws everything */
void sal_canvas_paint (SalCanvas *self, GtkSnapshot *snapshot);
