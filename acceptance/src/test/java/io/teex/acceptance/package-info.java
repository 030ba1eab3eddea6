@NullMarked
package io.teex.acceptance;

import org.jspecify.annotations.NullMarked;
