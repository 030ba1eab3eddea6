@NullMarked
package io.teex.bench;

import org.jspecify.annotations.NullMarked;
