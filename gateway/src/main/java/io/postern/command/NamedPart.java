package io.postern.command;

import io.postern.cli.AdminClient;
import picocli.CommandLine.Mixin;

/** One of those that another resource has, by its own id: {@code secret 17 of clerk}. */
abstract class NamedPart implements Named {
  @Mixin private final Named owner;
  private final String noun;
  private final String collection;

  NamedPart(Named owner, String noun, String collection) {
    this.owner = owner;
    this.noun = noun;
    this.collection = collection;
  }

  @Override
  public final String[] path(AdminClient api) {
    return owner.path(api, collection, given());
  }

  @Override
  public final String toString() {
    return noun + " " + given() + " of " + owner.given();
  }
}
