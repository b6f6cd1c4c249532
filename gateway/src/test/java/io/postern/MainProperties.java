package io.postern;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import picocli.CommandLine;

class MainProperties {
  @Property(tries = 50)
  void unknownCommand_isAUsageError(@ForAll @AlphaChars @StringLength(min = 20) String command) {
    int status =
        new CommandLine(new Main()).setErr(new PrintWriter(Writer.nullWriter())).execute(command);
    assertThat(status).isEqualTo(2);
  }
}
