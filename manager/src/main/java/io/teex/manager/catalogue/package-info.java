/** What providers entrust to the manager: images and data sets, their keys and terms. */
@NullMarked
package io.teex.manager.catalogue;

import org.jspecify.annotations.NullMarked;
