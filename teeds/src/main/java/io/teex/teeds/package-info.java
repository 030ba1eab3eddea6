@NullMarked
package io.teex.teeds;

import org.jspecify.annotations.NullMarked;
