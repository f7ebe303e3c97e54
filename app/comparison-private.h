/* What the comparison's files share: comparison.c (the grid, and what is asked of it),
 * comparison-work.c (a cell's question and its answer), comparison-show.c (how it is shown),
 * comparison-pairs.c (how alike cells are), comparison-columns.c (what columns there can be),
 * comparison-layout.c (all of them at once), comparison-removed.c (what was taken away). */
#pragma once

#include "app/comparison-layout.h"
#include "app/jobs.h"

/* What a cell was asked, or would be. */
typedef struct {
  const SalMethod *method;
  SalSettings *settings;
  SalTarget target;    /* class -1: the highest */
  SalModel *model;     /* (nullable): not loaded yet */
  SalPicture *picture; /* likewise */
} SalComparisonQuestion;

typedef struct {
  SalCell public;
  SalHeatmap *comparable;       /* (nullable): made before the one that is shown */
  gboolean measured;            /* the next is known, for the looks of now */
  double scale;                 /* what it shows as 1 when it has a scale of its own */
  SalComparisonQuestion *asked; /* (nullable): nothing yet */
} SalComparisonCell;

typedef struct {
  char *id;
  char *label;
  SalModel *model;  /* of a column that is a model, once it is loaded */
  GPtrArray *cells; /* a row each */
} SalComparisonColumn;

typedef struct {
  char *path;
  char *label;
  SalPicture *picture; /* once it is loaded */
} SalComparisonRow;

typedef struct {
  SalComparisonCell *a, *b;
  gboolean known;
  SalSimilarity similarity;
} SalComparisonPair;

struct _SalComparison {
  GObject parent_instance;

  SalCompareAxis axis;
  GPtrArray *columns, *rows;
  GPtrArray *away[SAL_N_COMPARE]; /* of SalComparisonPart: columns of the other kinds */
  GArray *pairs;                  /* of SalComparisonPair: of one row each */

  SalView *view; /* of the document */
  const SalMethod *method;
  SalSettings *settings, *looks;
  GHashTable *remembered; /* id of a method -> SalSettings: as it was asked last */
  SalTarget target;
  gboolean shared;
  SalComparisonLayout *wish; /* (nullable): to be taken up with the next question */
  gboolean resting;          /* until it is asked again: @view is new, and nothing is begun */
  gboolean other_graph;      /* and columns are still those of another network */

  SalLane *lane, *heatmap_lane, *pair_lane;
  SalComparisonCell *running, *drawing; /* that the lanes work on; NULL once it is gone */
  SalComparisonCell *pair[2];
  gboolean pairing;
  double limit; /* of the shared scale */
};

/* comparison.c */

SalComparisonColumn *sal_comparison_column (SalComparison *self, guint column);
SalComparisonCell *sal_comparison_cell_at (SalComparison *self, guint column, guint row);
/** sal_comparison_find: @cell: (nullable); Returns: whether it is there still, and where */
gboolean sal_comparison_find (SalComparison *self, const SalComparisonCell *cell, guint *column,
                              guint *row);
/** sal_comparison_is_past: Returns: whether the cell was asked about the model or the picture that
 *  was open before, and is no longer */
gboolean sal_comparison_is_past (const SalComparisonCell *cell, const SalView *before,
                                 const SalView *view);
/** sal_comparison_detach: nothing refers to the cell any more, nor waits for it */
void sal_comparison_detach (SalComparison *self, SalComparisonCell *cell);
void sal_comparison_cell_changed (SalComparison *self, const SalComparisonCell *cell);
void sal_comparison_similarity_changed (SalComparison *self);
void sal_comparison_cell_clear (SalComparisonCell *cell);
/** sal_comparison_cell_free: @cell: (nullable) */
void sal_comparison_cell_free (gpointer cell);
/** sal_comparison_changed: columns or rows are others */
void sal_comparison_changed (SalComparison *self);
/** sal_comparison_append_row: @picture: (nullable); Returns: whether there was room, and no such
 * row yet */
gboolean sal_comparison_append_row (SalComparison *self, const char *path, SalPicture *picture);
/** sal_comparison_append: Returns: whether there was room, and no such column yet */
gboolean sal_comparison_append (SalComparison *self, const char *id);
void sal_comparison_drop (SalComparison *self, guint column);
void sal_comparison_drop_row (SalComparison *self, guint row);

/* comparison-show.c */

extern const SalLaneType sal_comparison_heatmap_lane;
/** sal_comparison_next_heatmap: starts making the next one that is wanted */
void sal_comparison_next_heatmap (SalComparison *self);
/** sal_comparison_take_looks: @looks: copied: how all are shown from sal_comparison_redraw() on */
void sal_comparison_take_looks (SalComparison *self, const SalSettings *looks);
/** sal_comparison_redraw: all are to be made anew */
void sal_comparison_redraw (SalComparison *self);

/* comparison-work.c */

extern const SalLaneType sal_comparison_work_lane;
void sal_comparison_question_free (SalComparisonQuestion *question);
/** sal_comparison_is_current: Returns: whether what the cell was asked is what it would be asked */
gboolean sal_comparison_is_current (SalComparison *self, guint column, guint row);
/** sal_comparison_next: starts working out the next cell that waits */
void sal_comparison_next (SalComparison *self);

/* comparison-pairs.c */

extern const SalLaneType sal_comparison_pair_lane;
/** sal_comparison_add_pairs: a cell that is done is to be compared with the others of its row */
void sal_comparison_add_pairs (SalComparison *self, SalComparisonCell *cell);
void sal_comparison_next_pair (SalComparison *self);

/* comparison-removed.c */

/** sal_comparison_take: Returns: (transfer full): the column, or @row, that is gone now */
SalComparisonPart *sal_comparison_take (SalComparison *self, gboolean row, guint position);

/** sal_comparison_part_id: Returns: (transfer none): of the column */
const char *sal_comparison_part_id (const SalComparisonPart *part);
/** sal_comparison_forget_away: lets go of what columns of other kinds hold that is about @before
 * and no longer about @view */
void sal_comparison_forget_away (SalComparison *self, const SalView *before, const SalView *view);
/** sal_comparison_put_away: takes all columns, to be brought back with their kind */
void sal_comparison_put_away (SalComparison *self);
/** sal_comparison_bring_back: those of this kind; Returns: whether there are some now */
gboolean sal_comparison_bring_back (SalComparison *self);

/* comparison-layout.c */

/** sal_comparison_take_wish: Returns: whether there was one */
gboolean sal_comparison_take_wish (SalComparison *self);

/* comparison-columns.c */

/** sal_comparison_label: Returns: (transfer full): what a column is called, for people */
char *sal_comparison_label (SalComparison *self, const char *id);
/** sal_comparison_start_columns: columns that tell much, in place of those there are */
void sal_comparison_start_columns (SalComparison *self);
/** sal_comparison_adapt_columns: another model is looked with than @before: columns stay as far as
 * it has them */
void sal_comparison_adapt_columns (SalComparison *self, SalModel *before);
