@NullMarked
package io.teex.blobs;

import org.jspecify.annotations.NullMarked;
