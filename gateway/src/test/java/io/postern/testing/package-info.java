/** What the tests share: one PostgreSQL for the run, a gateway for a class, rows to test with. */
package io.postern.testing;
