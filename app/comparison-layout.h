/* What a comparison is made of, without its answers: to be kept, and to be made again. */
#pragma once

#include "app/comparison.h"

/**
 * SalComparisonLayout:
 * @axis: what columns are
 * @shared: whether one colour scale holds for all
 * @columns: (element-type utf8): of each kind, as ids of sal_comparison_add(); %NULL where columns
 *   have never been of that kind
 * @class_names: (nullable) (element-type utf8): of the columns that are classes, which count more
 *   than their numbers; may hold %NULL
 * @pictures: (element-type utf8): paths of the rows below the document's own
 */
struct _SalComparisonLayout {
  SalCompareAxis axis;
  gboolean shared;
  GPtrArray *columns[SAL_N_COMPARE];
  GPtrArray *class_names;
  GPtrArray *pictures;
};

SalComparisonLayout *sal_comparison_layout_new (void);
SalComparisonLayout *sal_comparison_layout_copy (const SalComparisonLayout *layout);
/** sal_comparison_layout_free: @layout: (nullable) */
void sal_comparison_layout_free (SalComparisonLayout *layout);
/** sal_comparison_layout_axis_id: Returns: (transfer none): a word for files; %NULL after the last
 */
const char *sal_comparison_layout_axis_id (SalCompareAxis axis);
