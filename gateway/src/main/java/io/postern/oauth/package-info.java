/** Protocol values of OAuth 2.0: requests, grammars, errors and the reasons behind them. Pure. */
@NullMarked
package io.postern.oauth;

import org.jspecify.annotations.NullMarked;
