@NullMarked
package io.teex.worker;

import org.jspecify.annotations.NullMarked;
