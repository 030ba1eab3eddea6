@NullMarked
package io.teex.dispatcher;

import org.jspecify.annotations.NullMarked;
