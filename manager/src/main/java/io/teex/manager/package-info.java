@NullMarked
package io.teex.manager;

import org.jspecify.annotations.NullMarked;
