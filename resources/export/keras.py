import keras
import tensorflow as tf
import tf2onnx

net = keras.models.load_model("mine.keras")
# Pixels as the model takes them, [N, height, width, channels]; Salience reads that layout as it is.
signature = (tf.TensorSpec((None, 224, 224, 3), tf.float32, name="input"),)
tf2onnx.convert.from_keras(net, signature, opset=13, output_path="mine.onnx")
