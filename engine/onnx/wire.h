/* Unpacks a protobuf message that nobody vouches for.
 *
 * protobuf-c copies what a message says into structs, following nested messages by recursion and
 * without a bound on depth or memory. So the bytes are walked once before, without recursion,
 * against the same schema: whatever would be too deep, too large for what it is, or is no message
 * of that kind at all is refused here. */
#pragma once

#include <glib.h>
#include <protobuf-c/protobuf-c.h>

/** SAL_WIRE_MAX_DEPTH: messages inside each other; protobuf's own libraries stop there as well */
#define SAL_WIRE_MAX_DEPTH 100

/**
 * sal_wire_check_size:
 * @size: of a file that has not been read yet
 * @what: as for sal_wire_unpack(), which checks this as well
 *
 * Returns: whether a message may have so many bytes; else %SAL_ERROR_FORMAT
 */
gboolean sal_wire_check_size (guint64 size, const char *what, GError **error);

/**
 * sal_wire_unpack:
 * @descriptor: the kind of message; its field number 1 should be one that is always there, for
 *   without it broken bytes are taken for a file of another kind
 * @data: (array length=size): the bytes
 * @what: for error messages, what the bytes should be: "an ONNX model", marked with N_()
 *
 * Strings of an unpacked message are valid UTF-8, except documentation and free values
 * (doc_string, value, denotation).
 *
 * Returns: (transfer full) (nullable): the message, to be freed with
 *   protobuf_c_message_free_unpacked(), or %NULL and @error: %SAL_ERROR_FORMAT with a text such as
 *   "is not an ONNX model" or "is truncated: ...", %SAL_ERROR_MEMORY if unpacking would take far
 *   more memory than the bytes justify
 */
ProtobufCMessage *sal_wire_unpack (const ProtobufCMessageDescriptor *descriptor, const guint8 *data,
                                   gsize size, const char *what, GError **error);
