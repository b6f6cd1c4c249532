package io.postern.command;

import io.postern.InstrumentedVertx;
import io.postern.crypto.MasterKeys;
import io.postern.logging.LoggingOptions;
import io.postern.store.database.Database;
import io.postern.store.database.DatabaseOptions;
import io.postern.store.database.SchemaHistory;
import io.postern.store.keys.MasterKeyChange;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code postern rewrap-keys}. */
@Command(
    mixinStandardHelpOptions = true,
    description =
        "Wraps the data keys of your PostgreSQL under the first of the master keys and exits. Then"
            + " the others are needed no more.",
    footer = {
      "",
      "To change the master key: start every gateway with POSTERN_MASTER_KEY=new,old; run this"
          + " with the same; start every gateway with POSTERN_MASTER_KEY=new."
    })
public final class RewrapKeysCommand implements Callable<Integer> {
  @Mixin private LoggingOptions loggingOptions;
  @Mixin private DatabaseOptions databaseOptions;
  @Mixin private MasterKeyOptions masterKeyOptions;

  @Override
  public Integer call() {
    loggingOptions.apply();
    Database database = databaseOptions.database();
    MasterKeys masterKeys = masterKeyOptions.masterKeys();
    Vertx vertx = Vertx.vertx(InstrumentedVertx.withoutFiles());
    try {
      Pool pool = database.pool(vertx);
      SchemaHistory.requireCurrent(pool, database);
      MasterKeyChange.Result result = MasterKeyChange.run(pool, masterKeys);
      System.out.printf(
          "Wrapped %d data key(s) of %s anew; %d had the first master key already.%n",
          result.rewrapped(), database, result.current());
      return 0;
    } catch (Exception e) {
      // of any kind: waiting for a future throws what it failed with
      throw GatewayProcess.explained("the data keys were not rewrapped", e);
    } finally {
      vertx.close().await();
    }
  }
}
