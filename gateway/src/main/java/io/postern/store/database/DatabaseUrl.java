package io.postern.store.database;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a connection URI as libpq writes them, decoded (PostgreSQL 18, §32.1.1.2, and RFC
 * 3986 §3). Its text form leaves the password and the parameters out.
 *
 * @param hosts one or more, in the URL's order
 * @param password empty if the URL has none
 * @param shown user, hosts and database as they stand in the URL
 */
record DatabaseUrl(
    List<Host> hosts,
    String user,
    String password,
    String database,
    Map<String, String> parameters,
    String shown) {
  static final String EXPECTED =
      "it must look like postgresql://user:password@host:port/database?sslmode=verify-full";

  private static final String ENCODED =
      EXPECTED
          + "; write @ as %40, and in user, password and database : as %3A, / as %2F, ? as %3F,"
          + " # as %23 and % as %25";

  // one @ alone: with two, nobody knows where the password ends, and messages quote what stands
  // after
  private static final Pattern FORM =
      Pattern.compile(
          "postgres(?:ql)?://(?<userinfo>[^@/?#]*)@(?<hosts>[^@/?#]+)/(?<database>[^@/?#]+)"
              + "(?:\\?(?<query>[^@#]*))?");

  // an IPv6 address stands in brackets
  private static final Pattern HOST =
      Pattern.compile("(?<name>\\[[0-9A-Fa-f:.]+]|[^\\[\\]:]+)(?::(?<port>[0-9]{1,5}))?");

  private static final int DEFAULT_PORT = 5432;
  private static final int LAST_PORT = 65_535;

  /**
   * One server.
   *
   * @param name a name or an address, without brackets
   */
  record Host(String name, int port) {
    /** The name as a URL has it. */
    String quoted() {
      return name.contains(":") ? "[" + name + "]" : name;
    }

    @Override
    public String toString() {
      return quoted() + ":" + port;
    }
  }

  DatabaseUrl {
    hosts = List.copyOf(hosts);
    parameters = Map.copyOf(parameters);
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException with what is wrong and how it is written, without any part of
   *     user, password or database
   */
  static DatabaseUrl parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException(ENCODED);
    }
    String userInfo = form.group("userinfo");
    // RFC 3986 §3.2.1: a colon may stand in a password too
    String[] user = userInfo.split(":", 2);
    if (user[0].isEmpty()) {
      throw new IllegalArgumentException("it names no user; " + EXPECTED);
    }
    List<Host> hosts = new ArrayList<>();
    for (String host : form.group("hosts").split(",", -1)) {
      hosts.add(host(host));
    }
    return new DatabaseUrl(
        hosts,
        decode(user[0]),
        user.length == 1 ? "" : decode(user[1]),
        decode(form.group("database")),
        parameters(form.group("query")),
        "postgresql://%s@%s/%s"
            .formatted(
                user[0],
                String.join(",", hosts.stream().map(Host::toString).toList()),
                form.group("database")));
  }

  private static Host host(String text) {
    Matcher host = HOST.matcher(decode(text));
    if (!host.matches()) {
      throw new IllegalArgumentException(
          "a host is a name or an address, and perhaps a port: db.example.com, [2001:db8::1]:5432;"
              + " several have commas between");
    }
    String name = host.group("name");
    if (name.startsWith("/")) {
      throw new IllegalArgumentException(
          "a socket in the file system cannot be used: name a host and a port");
    }
    int port = host.group("port") == null ? DEFAULT_PORT : Integer.parseInt(host.group("port"));
    if (port < 1 || port > LAST_PORT) {
      throw new IllegalArgumentException(port + " is not a port, 1 to 65535");
    }
    return new Host(name.startsWith("[") ? name.substring(1, name.length() - 1) : name, port);
  }

  private static Map<String, String> parameters(@Nullable String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      if (pair.isEmpty()) {
        continue;
      }
      String[] parts = pair.split("=", 2);
      String name = decode(parts[0]);
      if (parts.length == 1) {
        throw new IllegalArgumentException(
            "the parameter " + name + " has no value: " + name + "=…");
      }
      if (parameters.put(name, decode(parts[1])) != null) {
        throw new IllegalArgumentException("the parameter " + name + " stands there twice");
      }
    }
    return parameters;
  }

  /** RFC 3986 §2.1. A plus is a plus; what need not be encoded may stand there by itself. */
  private static String decode(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(text.getBytes(StandardCharsets.UTF_8).length);
    int at = 0;
    while (at < text.length()) {
      int percent = text.indexOf('%', at);
      int end = percent < 0 ? text.length() : percent;
      bytes.put(text.substring(at, end).getBytes(StandardCharsets.UTF_8));
      at = end;
      if (percent >= 0) {
        at += 3;
        bytes.put(octet(text, percent));
      }
    }
    try {
      String decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
      if (decoded.chars().noneMatch(Character::isISOControl)) {
        return decoded;
      }
    } catch (CharacterCodingException e) {
      // told below, without the text that it is about
    }
    throw new IllegalArgumentException(
        "what its percent-encoding stands for must be UTF-8 without control characters");
  }

  private static byte octet(String text, int percent) {
    try {
      return HexFormat.of().parseHex(text.substring(percent + 1, percent + 3))[0];
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // not as the cause: its message quotes the text
      throw new IllegalArgumentException(
          "a % in it is followed by two hexadecimal digits; a % itself is written %25");
    }
  }

  @Override
  public String toString() {
    return shown;
  }
}
