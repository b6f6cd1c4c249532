/** Stock OAuth clients and JWT verifiers against a running gateway. */
package io.postern.clients;
