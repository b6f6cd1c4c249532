package io.postern.admin;

import io.postern.admin.operations.AccessExplainer;
import io.postern.admin.protocol.IndexStatus;
import io.postern.change.RevisionGate;
import io.postern.decision.DecisionMemory;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the gateway that serves the admin API knows by itself, without the database.
 *
 * @param gate tells when its own index includes a write
 * @param index what its own index holds now
 * @param explainer what its token endpoint would decide now
 * @param decisions what its token endpoint has decided last
 * @param databaseAway whether it is known that the database cannot be reached
 */
public record OwnGateway(
    RevisionGate gate,
    Supplier<IndexStatus> index,
    AccessExplainer explainer,
    DecisionMemory decisions,
    BooleanSupplier databaseAway) {}
