package io.postern.store.database;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What a pooler in transaction mode does to sessions, as little of it as shows: each client has a
 * greeting of its own, and all have their transactions in the one session of the first client.
 */
final class TransactionPooler implements AutoCloseable {
  private static final int PROCESS_ID = 4_711;

  private final ServerSocket listener;
  private final int server;
  private final boolean sharesSessions;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private Session shared;

  /**
   * One side of a client or of the server.
   *
   * @param turn held from a statement's beginning to the end of its transaction
   */
  private record Session(DataInputStream in, DataOutputStream out, ReentrantLock turn) {
    static Session of(Socket socket) throws IOException {
      return new Session(
          new DataInputStream(new BufferedInputStream(socket.getInputStream())),
          new DataOutputStream(socket.getOutputStream()),
          new ReentrantLock());
    }
  }

  /**
   * @param server the port of PostgreSQL
   * @param sharesSessions false makes it a pooler of sessions
   */
  TransactionPooler(int server, boolean sharesSessions) throws IOException {
    this.server = server;
    this.sharesSessions = sharesSessions;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try {
      Session client = Session.of(socket);
      Socket upstream = new Socket(InetAddress.getLoopbackAddress(), server);
      sockets.add(upstream);
      Session own = Session.of(upstream);
      byte[] startup = new byte[client.in.readInt() - 4];
      client.in.readFully(startup);
      own.out.writeInt(startup.length + 4);
      own.out.write(startup);
      greet(client, own);
      while (true) {
        transaction(client, sessionFor(own));
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private synchronized Session sessionFor(Session own) {
    if (!sharesSessions) {
      return own;
    }
    if (shared == null) {
      shared = own;
    }
    return shared;
  }

  /** Authentication, and all until the server is ready; another process id in between. */
  private static void greet(Session client, Session own) throws IOException {
    while (true) {
      byte type = own.in.readByte();
      byte[] body = body(own);
      if (type == 'K') {
        body[0] = body[1] = 0;
        body[2] = (byte) (PROCESS_ID >> 8);
        body[3] = (byte) PROCESS_ID;
      }
      write(client, type, body);
      if (type == 'Z') {
        return;
      }
      // AuthenticationOk and AuthenticationSASLFinal ask for nothing
      if (type == 'R' && body[3] != 0 && body[3] != 12) {
        write(own, client.in.readByte(), body(client));
      }
    }
  }

  private static void transaction(Session client, Session session) throws IOException {
    byte type = client.in.readByte();
    session.turn.lock();
    try {
      byte state = 'T';
      while (state != 'I') {
        write(session, type, body(client));
        if (type == 'Q' || type == 'S') {
          state = answer(client, session);
        }
        if (state != 'I') {
          type = client.in.readByte();
        }
      }
    } finally {
      session.turn.unlock();
    }
  }

  /** Passes answers on until the server is ready; the state of the transaction then. */
  private static byte answer(Session client, Session session) throws IOException {
    while (true) {
      byte type = session.in.readByte();
      byte[] body = body(session);
      write(client, type, body);
      if (type == 'Z') {
        return body[0];
      }
    }
  }

  private static byte[] body(Session from) throws IOException {
    byte[] body = new byte[from.in.readInt() - 4];
    from.in.readFully(body);
    return body;
  }

  private static void write(Session to, byte type, byte[] body) throws IOException {
    to.out.writeByte(type);
    to.out.writeInt(body.length + 4);
    to.out.write(body);
    to.out.flush();
  }
}
