/** Where the manager's state lies in its namespace of TEE-DS. */
@NullMarked
package io.teex.manager.state;

import org.jspecify.annotations.NullMarked;
