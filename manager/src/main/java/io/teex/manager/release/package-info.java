/** One release: what a task's attempt must prove before it gets any key, and what is kept of it. */
@NullMarked
package io.teex.manager.release;

import org.jspecify.annotations.NullMarked;
