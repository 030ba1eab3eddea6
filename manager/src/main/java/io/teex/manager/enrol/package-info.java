/** The admission of other TEEs: an attested channel is exchanged for a node certificate. */
@NullMarked
package io.teex.manager.enrol;

import org.jspecify.annotations.NullMarked;
