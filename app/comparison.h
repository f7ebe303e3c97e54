/* A grid of explanations that differ in one thing at a time: columns are methods, classes, layers
 * or models, rows are pictures. Everything else is the same in every cell: the draws of noise (one
 * seed), the baseline, the appearance.
 *
 * Cells are worked out one after the other, row by row, in the background. Main thread only. */
#pragma once

#include "app/work.h"
#include "engine/eval/similarity.h"

#include <glib-object.h>

/** SAL_COMPARISON_SIDE: most columns, and most rows */
#define SAL_COMPARISON_SIDE 12

typedef enum {
  SAL_COMPARE_METHODS,
  SAL_COMPARE_CLASSES,
  SAL_COMPARE_LAYERS,
  SAL_COMPARE_MODELS,
  SAL_N_COMPARE,
} SalCompareAxis;

typedef enum {
  SAL_CELL_WAITING,
  SAL_CELL_RUNNING,
  SAL_CELL_DONE,
  SAL_CELL_FAILED,
  SAL_CELL_CANCELLED,
} SalCellState;

/**
 * SalCell: one explanation
 * @fraction: while it runs
 * @explanation: once it is done; @heatmap: as it is shown, once that is known
 * @problem: why it failed
 */
typedef struct {
  SalCellState state;
  double fraction;
  SalExplanation *explanation;
  SalHeatmap *heatmap;
  char *problem;
} SalCell;

#define SAL_TYPE_COMPARISON (sal_comparison_get_type ())
G_DECLARE_FINAL_TYPE (SalComparison, sal_comparison, SAL, COMPARISON, GObject)

/**
 * SalComparison::layout: columns or rows are others
 * SalComparison::cell: @column, @row: this cell has changed
 * SalComparison::progress: how much is done has changed
 * SalComparison::similarity: another pair has been compared
 * SalComparison::removed: @part: (SalComparisonPart) that sal_comparison_put_back() brings back
 */

SalComparison *sal_comparison_new (void);

/**
 * sal_comparison_ask:
 * @view: the open model looking at the open picture, which becomes the first row
 * @method, @settings: what is explained where columns are no methods; its smoothing and baseline
 *   hold everywhere
 * @target: what is explained of the first picture, by other models, too, that have classes of these
 *   names; all else is explained for its highest class
 * @looks: how it is shown
 *
 * Takes the question of a document. Columns and rows stay as far as they can, and every cell that
 * is asked what it was asked before keeps its answer.
 */
void sal_comparison_ask (SalComparison *self, SalView *view, const SalMethod *method,
                         const SalSettings *settings, SalTarget target, const SalSettings *looks);

/** sal_comparison_leave: nobody looks at the comparison, and @view is open by now: lets go of
 *  answers that would have to be worked out anew, and begins nothing until it is asked */
void sal_comparison_leave (SalComparison *self, SalView *view);

/** sal_comparison_set_axis: what columns are; they become those there were of this kind, at first
 *  some that tell much */
void sal_comparison_set_axis (SalComparison *self, SalCompareAxis axis);
SalCompareAxis sal_comparison_axis (SalComparison *self);

/** SalComparisonLayout: which columns and rows there are, see comparison-layout.h */
typedef struct _SalComparisonLayout SalComparisonLayout;

/** sal_comparison_get_layout: Returns: (transfer full) (nullable): %NULL while nothing has ever
 * been asked; what is wished, as long as it is not there yet */
SalComparisonLayout *sal_comparison_get_layout (SalComparison *self);
/** sal_comparison_set_layout: columns and rows become these when it is asked next, as far as the
 *  model of the view has them */
void sal_comparison_set_layout (SalComparison *self, const SalComparisonLayout *layout);

/** sal_comparison_choices: Returns: (transfer full): ids of what may be added as a column, in the
 *  order to show; @labels: (out) (transfer full): for people. Empty for models: they are files */
char **sal_comparison_choices (SalComparison *self, char ***labels);
/** sal_comparison_add: @id: one of the choices, or the path of a model; Returns: whether there was
 *  room, and it was not there yet */
gboolean sal_comparison_add (SalComparison *self, const char *id);
void sal_comparison_remove (SalComparison *self, guint column);
/** sal_comparison_move: puts @column where @to is */
void sal_comparison_move (SalComparison *self, guint column, guint to);
/** sal_comparison_add_picture: @path: a row more. The first row stays that of the document */
gboolean sal_comparison_add_picture (SalComparison *self, const char *path);
void sal_comparison_remove_picture (SalComparison *self, guint row);

/** SalComparisonPart: a column or a row that was removed, with its answers */
typedef struct _SalComparisonPart SalComparisonPart;

SalComparisonPart *sal_comparison_part_ref (SalComparisonPart *part);
void sal_comparison_part_unref (SalComparisonPart *part);
/** sal_comparison_part_label: Returns: (transfer none): what it was called */
const char *sal_comparison_part_label (const SalComparisonPart *part);
/** sal_comparison_put_back: to where it was; does nothing where it does not fit any more */
void sal_comparison_put_back (SalComparison *self, SalComparisonPart *part);
/** sal_comparison_take_again: removes what was put back, without saying so */
void sal_comparison_take_again (SalComparison *self, SalComparisonPart *part);

guint sal_comparison_n_columns (SalComparison *self);
guint sal_comparison_n_rows (SalComparison *self);
/** sal_comparison_column_label: Returns: (transfer none): for people */
const char *sal_comparison_column_label (SalComparison *self, guint column);
/** sal_comparison_row_label: Returns: (transfer none): the picture's file name */
const char *sal_comparison_row_label (SalComparison *self, guint row);
/** sal_comparison_picture: Returns: (transfer none) (nullable): the row's, once it is loaded; its
 *  cells are told of it */
SalPicture *sal_comparison_picture (SalComparison *self, guint row);
/** sal_comparison_cell: Returns: (transfer none) */
const SalCell *sal_comparison_cell (SalComparison *self, guint column, guint row);
/** sal_comparison_style: Returns: how the cell's heatmap is laid over its picture */
SalOverlayStyle sal_comparison_style (SalComparison *self, const SalCell *cell);

/** sal_comparison_cancel_cell: it is not worked out; asked again it is */
void sal_comparison_cancel_cell (SalComparison *self, guint column, guint row);
void sal_comparison_resume_cell (SalComparison *self, guint column, guint row);
void sal_comparison_cancel (SalComparison *self);
/** sal_comparison_progress: @done, @all: (out): cells. Returns: whether something is being worked
 *  on */
gboolean sal_comparison_progress (SalComparison *self, guint *done, guint *all);

/** sal_comparison_set_shared: whether one colour scale holds for all cells, or one each */
void sal_comparison_set_shared (SalComparison *self, gboolean shared);
gboolean sal_comparison_shared (SalComparison *self);

/** sal_comparison_similarity: Returns: whether any picture has both columns done; the mean over
 *  those pictures */
gboolean sal_comparison_similarity (SalComparison *self, guint a, guint b, SalSimilarity *mean);
/** sal_comparison_same: Returns: (transfer full): what is the same in every cell, for people,
 *  a line each */
char *sal_comparison_same (SalComparison *self);
