#include "engine/onnx/weights.h"

#include "engine/base/error.h"
#include "engine/onnx/external.h"

#include <glib/gi18n.h>
#include <string.h>

/* Numbers of element types, from TensorProto.DataType; those after BFLOAT16 are newer than some
 * schemas. */
enum {
  FLOAT = 1,
  UINT8,
  INT8,
  UINT16,
  INT16,
  INT32,
  INT64,
  STRING,
  BOOL,
  FLOAT16,
  DOUBLE,
  UINT32,
  UINT64,
  COMPLEX64,
  COMPLEX128,
  BFLOAT16,
  UINT4 = 21,
  INT4 = 22,
  N_TYPES = 24,
};

/* @bits: of one element in raw data, 0 if not kept; @min and @max: bounds of elements that stand
 * as int32 in int32_data, or bit patterns for 16-bit floats */
static const struct {
  const char *name;
  int bits;
  SalType type;
  gint32 min, max;
} types[N_TYPES] = {
  [0] = { "undefined" },
  [FLOAT] = { "float", 32, SAL_FLOAT },
  [UINT8] = { "uint8", 8, SAL_INT, 0, G_MAXUINT8 },
  [INT8] = { "int8", 8, SAL_INT, G_MININT8, G_MAXINT8 },
  [UINT16] = { "uint16", 16, SAL_INT, 0, G_MAXUINT16 },
  [INT16] = { "int16", 16, SAL_INT, G_MININT16, G_MAXINT16 },
  [INT32] = { "int32", 32, SAL_INT, G_MININT32, G_MAXINT32 },
  [INT64] = { "int64", 64, SAL_INT },
  [STRING] = { "string" },
  [BOOL] = { "bool", 8, SAL_INT, 0, 1 },
  [FLOAT16] = { "float16", 16, SAL_FLOAT, G_MININT16, G_MAXUINT16 },
  [DOUBLE] = { "double", 64, SAL_FLOAT },
  [UINT32] = { "uint32", 32, SAL_INT },
  [UINT64] = { "uint64", 64, SAL_INT },
  [COMPLEX64] = { "complex64" },
  [COMPLEX128] = { "complex128" },
  [BFLOAT16] = { "bfloat16", 16, SAL_FLOAT, G_MININT16, G_MAXUINT16 },
  [17] = { "float8e4m3fn" },
  [18] = { "float8e4m3fnuz" },
  [19] = { "float8e5m2" },
  [20] = { "float8e5m2fnuz" },
  /* Two to a byte, the first in the low half; int32_data then holds bytes. */
  [UINT4] = { "uint4", 4, SAL_INT, G_MININT8, G_MAXUINT8 },
  [INT4] = { "int4", 4, SAL_INT, G_MININT8, G_MAXUINT8 },
  [23] = { "float4e2m1" },
};

gboolean
sal_onnx_type (int data_type, SalType *type)
{
  if (data_type < 0 || data_type >= N_TYPES || types[data_type].bits == 0)
    return FALSE;
  *type = types[data_type].type;
  return TRUE;
}

char *
sal_onnx_type_name (int data_type)
{
  if (data_type < 0 || data_type >= N_TYPES)
    return g_strdup_printf ("%d", data_type);
  return g_strdup (types[data_type].name);
}

static float
float_from_bits (guint32 bits)
{
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

/* IEEE 754 binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction. */
static float
float_from_half (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16;
  guint32 exponent = half >> 10 & 0x1f, fraction = half & 0x3ff;

  if (exponent == 0x1f)
    return float_from_bits (sign | 0x7f800000 | fraction << 13);
  if (exponent != 0)
    return float_from_bits (sign | (exponent + 127 - 15) << 23 | fraction << 13);
  /* Subnormal: fraction · 2^-24, exact in float32. */
  float value = (float) fraction * 0x1p-24f;
  return sign != 0 ? -value : value;
}

static float
float_from_16_bits (int data_type, guint16 bits)
{
  return data_type == FLOAT16 ? float_from_half (bits) : float_from_bits ((guint32) bits << 16);
}

static gint64
int_from_nibble (int data_type, guint8 byte, gint64 i)
{
  int nibble = i % 2 == 0 ? byte & 0xf : byte >> 4;

  return data_type == INT4 && nibble > 7 ? nibble - 16 : nibble;
}

static gboolean G_GNUC_PRINTF (4, 5)
    fail (GError **error, int code, const char *what, const char *format, ...)
{
  g_autofree char *why = NULL;
  va_list list;

  va_start (list, format);
  why = g_strdup_vprintf (_ (format), list);
  va_end (list);
  g_set_error (error, SAL_ERROR, code, "%s %s", what, why);
  return FALSE;
}

static gboolean
store_uint64 (gint64 *to, guint64 value, const char *what, GError **error)
{
  if (value > G_MAXINT64)
    return fail (error, SAL_ERROR_UNSUPPORTED, what,
                 "holds %" PRIu64 ", which does not fit a signed 64-bit number", value);
  *to = (gint64) value;
  return TRUE;
}

/* Raw data is little-endian, packed and not aligned. */
#define READ(type, swap)                                                                           \
  ({                                                                                               \
    type element_;                                                                                 \
    memcpy (&element_, raw + i * sizeof element_, sizeof element_);                                \
    swap (element_);                                                                               \
  })

static gboolean
from_raw (SalTensor *tensor, int data_type, const guint8 *raw, const char *what, GError **error)
{
  gint64 n = sal_tensor_count (tensor);
  float *f = sal_tensor_edit (tensor);
  gint64 *d = sal_tensor_edit (tensor);

  if (G_BYTE_ORDER == G_LITTLE_ENDIAN && n > 0 && (data_type == FLOAT || data_type == INT64)) {
    memcpy (f, raw, n * sal_type_size (sal_tensor_type (tensor)));
    return TRUE;
  }
  for (gint64 i = 0; i < n; i++) {
    switch (data_type) {
    case FLOAT:
      f[i] = float_from_bits (READ (guint32, GUINT32_FROM_LE));
      break;
    case DOUBLE: {
      guint64 bits = READ (guint64, GUINT64_FROM_LE);
      double value;
      memcpy (&value, &bits, sizeof value);
      f[i] = (float) value;
      break;
    }
    case FLOAT16:
    case BFLOAT16:
      f[i] = float_from_16_bits (data_type, READ (guint16, GUINT16_FROM_LE));
      break;
    case UINT4:
    case INT4:
      d[i] = int_from_nibble (data_type, raw[i / 2], i);
      break;
    case BOOL:
      d[i] = raw[i] != 0;
      break;
    case UINT8:
      d[i] = raw[i];
      break;
    case INT8:
      d[i] = (gint8) raw[i];
      break;
    case UINT16:
      d[i] = READ (guint16, GUINT16_FROM_LE);
      break;
    case INT16:
      d[i] = READ (gint16, GINT16_FROM_LE);
      break;
    case UINT32:
      d[i] = READ (guint32, GUINT32_FROM_LE);
      break;
    case INT32:
      d[i] = READ (gint32, GINT32_FROM_LE);
      break;
    case INT64:
      d[i] = READ (gint64, GINT64_FROM_LE);
      break;
    default:
      if (!store_uint64 (&d[i], READ (guint64, GUINT64_FROM_LE), what, error))
        return FALSE;
    }
  }
  return TRUE;
}

/* The list in which elements of a type stand when they are not raw, and how many there are. */
static gsize
n_typed (const Onnx__TensorProto *proto)
{
  switch (proto->data_type) {
  case FLOAT:
    return proto->n_float_data;
  case DOUBLE:
    return proto->n_double_data;
  case INT64:
    return proto->n_int64_data;
  case UINT32:
  case UINT64:
    return proto->n_uint64_data;
  default:
    return proto->n_int32_data;
  }
}

static gboolean
from_typed (SalTensor *tensor, const Onnx__TensorProto *proto, const char *what, GError **error)
{
  int data_type = proto->data_type;
  gint64 n = sal_tensor_count (tensor);
  float *f = sal_tensor_edit (tensor);
  gint64 *d = sal_tensor_edit (tensor);

  for (gint64 i = 0; i < n; i++) {
    if (data_type == FLOAT) {
      f[i] = proto->float_data[i];
    } else if (data_type == DOUBLE) {
      f[i] = (float) proto->double_data[i];
    } else if (data_type == INT64) {
      d[i] = proto->int64_data[i];
    } else if (data_type == UINT32 || data_type == UINT64) {
      if (data_type == UINT32 && proto->uint64_data[i] > G_MAXUINT32)
        return fail (error, SAL_ERROR_FORMAT, what, "holds %" PRIu64 ", not a uint32",
                     proto->uint64_data[i]);
      if (!store_uint64 (&d[i], proto->uint64_data[i], what, error))
        return FALSE;
    } else {
      gint32 value = proto->int32_data[types[data_type].bits == 4 ? i / 2 : i];

      if (value < types[data_type].min || value > types[data_type].max)
        return fail (error, SAL_ERROR_FORMAT, what, "holds %d, not a %s", value,
                     types[data_type].name);
      if (data_type == FLOAT16 || data_type == BFLOAT16)
        f[i] = float_from_16_bits (data_type, (guint16) value);
      else if (types[data_type].bits == 4)
        d[i] = int_from_nibble (data_type, (guint8) value, i);
      else
        d[i] = value;
    }
  }
  return TRUE;
}

static gboolean
read_shape (const Onnx__TensorProto *proto, const char *what, SalShape *shape, GError **error)
{
  GError *shape_error = NULL;

  if (proto->n_dims > SAL_MAX_RANK)
    return fail (error, SAL_ERROR_UNSUPPORTED, what, "has %zu axes, %d at most", proto->n_dims,
                 SAL_MAX_RANK);
  *shape = (SalShape){ .rank = (int) proto->n_dims };
  for (int i = 0; i < shape->rank; i++) {
    if (proto->dims[i] < 0)
      return fail (error, SAL_ERROR_FORMAT, what, "has an axis of length %" PRId64, proto->dims[i]);
    shape->dim[i] = proto->dims[i];
  }
  /* The check calls it a misfit of shapes; in a file it is a broken file. */
  if (!sal_shape_check (shape, what, &shape_error)) {
    g_set_error_literal (error, SAL_ERROR, SAL_ERROR_FORMAT, shape_error->message);
    g_error_free (shape_error);
    return FALSE;
  }
  return TRUE;
}

SalTensor *
sal_onnx_tensor (const Onnx__TensorProto *proto, SalOnnxStore *store, const char *what,
                 GError **error)
{
  int data_type = proto->data_type;
  SalType type;
  SalShape shape;

  if (!sal_onnx_type (data_type, &type)) {
    g_autofree char *name = sal_onnx_type_name (data_type);
    fail (error, SAL_ERROR_UNSUPPORTED, what, "has elements of type %s, which Salience cannot read",
          name);
    return NULL;
  }
  if (proto->segment != NULL) {
    fail (error, SAL_ERROR_UNSUPPORTED, what, "is stored in segments");
    return NULL;
  }
  if (!read_shape (proto, what, &shape, error))
    return NULL;

  gint64 count = sal_shape_count (&shape);
  guint64 raw_bytes = ((guint64) count * types[data_type].bits + 7) / 8;
  g_autofree char *text = sal_shape_to_string (&shape);
  gboolean external = proto->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
  gboolean raw = external || proto->has_raw_data;
  if (!external && proto->has_raw_data && proto->raw_data.len != raw_bytes) {
    fail (error, SAL_ERROR_FORMAT, what, "of shape %s needs %" PRIu64 " bytes, the file has %zu",
          text, raw_bytes, proto->raw_data.len);
    return NULL;
  }
  guint64 n_needed = types[data_type].bits == 4 ? raw_bytes : (guint64) count;
  if (!raw && n_typed (proto) != n_needed) {
    fail (error, SAL_ERROR_FORMAT, what, "of shape %s needs %" PRIu64 " numbers, the file has %zu",
          text, n_needed, n_typed (proto));
    return NULL;
  }

  /* How much the file holds has been checked, so the bound is only passed by a file of that size,
   * or by one that has its data elsewhere: before that is read. */
  guint64 bytes = (guint64) count * sal_type_size (type) + sizeof (SalShape);
  if (bytes > store->max_bytes - store->bytes) {
    fail (error, SAL_ERROR_MEMORY, what,
          "brings the weights to more than %" PRIu64 " MiB of memory", store->max_bytes >> 20);
    return NULL;
  }
  store->bytes += bytes;

  g_autoptr (GBytes) outside = NULL;
  if (external) {
    outside = sal_onnx_external (proto, raw_bytes, store->folder, what, error);
    if (outside == NULL)
      return NULL;
  }
  g_autoptr (SalTensor) tensor = sal_tensor_new (type, &shape);
  const guint8 *data = outside != NULL ? g_bytes_get_data (outside, NULL) : proto->raw_data.data;
  if (raw ? !from_raw (tensor, data_type, data, what, error)
          : !from_typed (tensor, proto, what, error))
    return NULL;
  return g_steal_pointer (&tensor);
}
