/**
 * The Worker: executes one attempt of one task at a time per slot. It trusts its manager's word for
 * who is a dispatcher, and nobody's word for anything that it can check itself; the service that it
 * runs is its adversary and gets nothing but the task's own input and data.
 */
@NullMarked
package io.teex.worker;

import org.jspecify.annotations.NullMarked;
