#include "engine/onnx/wire.h"

#include "engine/base/error.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of what unpacking costs, this much is always allowed: small files may hold mostly structure,
 * which takes up to two hundred times its length on the wire. */
#define FREE_BYTES (G_GUINT64_CONSTANT (256) << 20)
/* A packed list of one-byte varints becomes a list of int64. */
#define BYTES_PER_BYTE 8
/* protobuf-c's note of a field while it reads the message around it. */
#define BYTES_PER_FIELD 64

enum { WIRE_VARINT = 0, WIRE_64 = 1, WIRE_BYTES = 2, WIRE_32 = 5 };

/* A message that is being walked: its kind, its end, and which fields have been seen. */
typedef struct {
  const ProtobufCMessageDescriptor *descriptor;
  gsize end;
  guint64 seen;
} Level;

typedef struct {
  const guint8 *data;
  gsize at;
  gsize size;
  const char *what;
  guint64 cost;
  int depth;
  Level levels[SAL_WIRE_MAX_DEPTH];
} Walk;

/* Whether field 1 of the whole was there: broken bytes are then a broken file of this kind. */
static gboolean
is_recognised (const Walk *walk)
{
  const Level *top = &walk->levels[0];
  const ProtobufCFieldDescriptor *first =
      protobuf_c_message_descriptor_get_field (top->descriptor, 1);

  return (top->seen >> (first - top->descriptor->fields) & 1) != 0;
}

static gboolean
broken (const Walk *walk, GError **error, const char *why)
{
  if (!is_recognised (walk))
    sal_error_set (error, SAL_ERROR_FORMAT, "is not %s", _ (walk->what));
  else
    sal_error_set (error, SAL_ERROR_FORMAT, "is damaged at byte %zu: %s", walk->at, _ (why));
  return FALSE;
}

static gboolean
read_varint (Walk *walk, guint64 *value, GError **error)
{
  const Level *level = &walk->levels[walk->depth];

  *value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    if (walk->at >= level->end)
      return broken (walk, error, "a number is cut off");
    guint8 byte = walk->data[walk->at++];
    *value |= (guint64) (byte & 0x7f) << shift;
    if ((byte & 0x80) == 0)
      return TRUE;
  }
  return broken (walk, error, "a number has more than 64 bits");
}

/* How a single value of a field stands on the wire. */
static int
wire_type (ProtobufCType type)
{
  switch (type) {
  case PROTOBUF_C_TYPE_SFIXED32:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_FLOAT:
    return WIRE_32;
  case PROTOBUF_C_TYPE_SFIXED64:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_DOUBLE:
    return WIRE_64;
  case PROTOBUF_C_TYPE_STRING:
  case PROTOBUF_C_TYPE_BYTES:
  case PROTOBUF_C_TYPE_MESSAGE:
    return WIRE_BYTES;
  default:
    return WIRE_VARINT;
  }
}

static gboolean
is_free_text (const ProtobufCFieldDescriptor *field)
{
  return g_str_equal (field->name, "doc_string") || g_str_equal (field->name, "value") ||
         g_str_equal (field->name, "denotation");
}

/* A field with a length: a string, bytes, a packed list or a message, which is entered. */
static gboolean
walk_bytes (Walk *walk, const ProtobufCFieldDescriptor *field, guint64 length, GError **error)
{
  Level *level = &walk->levels[walk->depth];

  if (length > level->end - walk->at) {
    if (level->end < walk->size || !is_recognised (walk))
      return broken (walk, error, "a part is longer than what holds it");
    sal_error_set (error, SAL_ERROR_FORMAT,
                   "is truncated: %s needs %" PRIu64 " more bytes, %zu are left",
                   field != NULL ? field->name : _ ("a part"), length, level->end - walk->at);
    return FALSE;
  }
  if (field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE) {
    const ProtobufCMessageDescriptor *descriptor = field->descriptor;

    if (walk->depth + 1 == SAL_WIRE_MAX_DEPTH) {
      sal_error_set (error, SAL_ERROR_FORMAT, "nests more than %d levels deep", SAL_WIRE_MAX_DEPTH);
      return FALSE;
    }
    walk->cost += descriptor->sizeof_message;
    walk->levels[++walk->depth] = (Level){ descriptor, walk->at + length, 0 };
    return TRUE;
  }
  if (field != NULL && field->type == PROTOBUF_C_TYPE_STRING && !is_free_text (field) &&
      !g_utf8_validate_len ((const char *) walk->data + walk->at, length, NULL))
    return broken (walk, error, "a name is not UTF-8 text");
  walk->cost += field != NULL && wire_type (field->type) == WIRE_VARINT ? length * BYTES_PER_BYTE
                                                                        : length + 1;
  walk->at += length;
  return TRUE;
}

static gboolean
walk_field (Walk *walk, GError **error)
{
  Level *level = &walk->levels[walk->depth];
  guint64 tag, length = 0;

  if (!read_varint (walk, &tag, error))
    return FALSE;
  if (tag >> 3 == 0 || tag > G_MAXUINT32)
    return broken (walk, error, "a field has an impossible number");

  int wire = tag & 7;
  const ProtobufCFieldDescriptor *field =
      protobuf_c_message_descriptor_get_field (level->descriptor, (unsigned) (tag >> 3));
  if (field != NULL) {
    gboolean list = field->label == PROTOBUF_C_LABEL_REPEATED;
    guint64 bit = G_GUINT64_CONSTANT (1) << (field - level->descriptor->fields);

    if (wire != wire_type (field->type) && !(list && wire == WIRE_BYTES))
      return broken (walk, error, "a field has the wrong kind of content");
    /* protobuf-c would merge the two, copying all of the first each time. */
    if (!list && field->type == PROTOBUF_C_TYPE_MESSAGE && (level->seen & bit) != 0)
      return broken (walk, error, "a part that may stand once stands there twice");
    level->seen |= bit;
  }

  walk->cost += BYTES_PER_FIELD;
  switch (wire) {
  case WIRE_VARINT:
    return read_varint (walk, &length, error);
  case WIRE_BYTES:
    return read_varint (walk, &length, error) && walk_bytes (walk, field, length, error);
  case WIRE_64:
  case WIRE_32:
    length = wire == WIRE_64 ? 8 : 4;
    if (length > level->end - walk->at)
      return broken (walk, error, "a number is cut off");
    walk->at += length;
    return TRUE;
  default:
    return broken (walk, error, "a field has an unknown kind of content");
  }
}

gboolean
sal_wire_check_size (guint64 size, const char *what, GError **error)
{
  if (size <= G_MAXINT32)
    return TRUE;
  sal_error_set (error, SAL_ERROR_FORMAT, "is bigger than 2 GiB, the most that %s may have", what);
  return FALSE;
}

ProtobufCMessage *
sal_wire_unpack (const ProtobufCMessageDescriptor *descriptor, const guint8 *data, gsize size,
                 const char *what, GError **error)
{
  Walk walk = { .data = data, .size = size, .what = what };

  walk.levels[0] = (Level){ descriptor, size, 0 };
  if (size == 0) {
    sal_error_set (error, SAL_ERROR_FORMAT, "is empty");
    return NULL;
  }
  if (!sal_wire_check_size (size, what, error))
    return NULL;

  while (walk.depth > 0 || walk.at < size) {
    if (walk.at == walk.levels[walk.depth].end)
      walk.depth--;
    else if (!walk_field (&walk, error))
      return NULL;
    if (walk.cost > FREE_BYTES + size * BYTES_PER_BYTE) {
      sal_error_set (error, SAL_ERROR_MEMORY,
                     "has %zu bytes, yet would take more than %" PRIu64 " MiB to read", size,
                     walk.cost >> 20);
      return NULL;
    }
  }

  ProtobufCMessage *message = protobuf_c_message_unpack (descriptor, NULL, size, data);
  if (message == NULL) {
    walk.at = size;
    broken (&walk, error, "it cannot be unpacked");
  }
  return message;
}
