/** What the options of all features share: how a setting is named, read and refused. */
@NullMarked
package io.postern.setting;

import org.jspecify.annotations.NullMarked;
