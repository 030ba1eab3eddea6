@NullMarked
package io.teex.cli;

import org.jspecify.annotations.NullMarked;
