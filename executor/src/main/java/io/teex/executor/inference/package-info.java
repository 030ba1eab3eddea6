/**
 * Models that images bring: what of ONNX is accepted, which shapes come out, and what a run is
 * counted as. Our own reading of the format, so that nothing of a model is believed before a large
 * parser meets it; knows no runtime.
 */
@NullMarked
package io.teex.executor.inference;

import org.jspecify.annotations.NullMarked;
