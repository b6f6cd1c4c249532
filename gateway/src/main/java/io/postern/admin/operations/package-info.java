/** What an operator asks: index, licence, audit, decisions, and why a token is issued or not. */
@NullMarked
package io.postern.admin.operations;

import org.jspecify.annotations.NullMarked;
