/** The inference process: ONNX Runtime behind walls of its own. Runs nowhere else. */
@NullMarked
package io.teex.executor.onnx;

import org.jspecify.annotations.NullMarked;
