/**
 * What providers write and try out before they sell it: projects from templates, and their tests.
 */
@NullMarked
package io.teex.cli.guest;

import org.jspecify.annotations.NullMarked;
