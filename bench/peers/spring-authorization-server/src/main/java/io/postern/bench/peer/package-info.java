/** Spring Authorization Server as a peer of Postern. */
package io.postern.bench.peer;
