package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path directory;

  private void assertAlone(Path file) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void file_isReplaced_andKeepsItsMode() throws IOException {
    Path file = Files.writeString(directory.resolve("t.yaml"), "old");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Object old = Files.getAttribute(file, "unix:ino");
    OutputFile.write(file, writer -> writer.write("new"));
    assertThat(file).hasContent("new");
    assertThat(Files.getAttribute(file, "unix:ino")).isNotEqualTo(old);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    assertAlone(file);
  }

  @Test
  void contentThatBreaksOff_leavesItAsItWas() throws IOException {
    Path file = Files.writeString(directory.resolve("t.yaml"), "old");
    assertThatThrownBy(
            () ->
                OutputFile.write(
                    file,
                    writer -> {
                      writer.write("ne");
                      throw new IOException("broken");
                    }))
        .hasMessage("broken");
    assertThat(file).hasContent("old");
    assertAlone(file);
  }

  // a name so long that a draft cannot have it too; as a folder that only the file may be written
  // in
  @Test
  void file_besideWhichNoneCanBeMade_isWrittenInPlace() throws IOException {
    Path file = Files.writeString(directory.resolve("t".repeat(250)), "older");
    OutputFile.write(file, writer -> writer.write("new"));
    assertThat(file).hasContent("new");
    assertAlone(file);
  }

  @Test
  void folderThatIsNot_isTold() {
    assertThatThrownBy(
            () -> OutputFile.write(directory.resolve("no/t.yaml"), writer -> writer.write("new")))
        .isInstanceOf(IOException.class);
  }
}
