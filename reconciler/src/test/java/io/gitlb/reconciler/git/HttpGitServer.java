// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jgit.http.server.GitServlet;
import org.eclipse.jgit.transport.FetchV2Request;
import org.eclipse.jgit.transport.LsRefsV2Request;
import org.eclipse.jgit.transport.ProtocolV2Hook;
import org.eclipse.jgit.transport.ReceivePack;
import org.eclipse.jgit.transport.UploadPack;
import org.eclipse.jgit.transport.resolver.FileResolver;

/// JGit's own smart HTTP server in Jetty, with TLS and basic authentication, on loopback.
final class HttpGitServer implements AutoCloseable {

  static final String USER = "gitlb-bot";
  static final String PASSWORD = "correct-horse-battery";

  /// How the server treats the next requests.
  enum Mood {
    NORMAL,
    /// Does what a push asks for, then breaks the connection instead of saying so.
    LOSES_ANSWERS,
    /// 500.
    BROKEN,
    /// 403.
    FORBIDS,
    /// 200 and a page for people.
    WEB_PAGE
  }

  private final Server server = new Server();
  private final ServerConnector connector;
  private final String scheme;
  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private volatile String expected = basic(USER, PASSWORD);
  private volatile Mood mood = Mood.NORMAL;
  private volatile Optional<String> redirectTo = Optional.empty();

  private HttpGitServer(Path repositories, Optional<Certificate> certificate) {
    scheme = certificate.isPresent() ? "https" : "http";
    connector =
        certificate
            .map(found -> new ServerConnector(server, found.contextFactory()))
            .orElseGet(() -> new ServerConnector(server));
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    GitServlet git = new GitServlet();
    FileResolver<HttpServletRequest> resolver = new FileResolver<>();
    resolver.setExportAll(true);
    resolver.exportDirectory(repositories.toFile());
    git.setRepositoryResolver(resolver);
    git.setReceivePackFactory((_, repository) -> new ReceivePack(repository));
    git.setUploadPackFactory(
        (request, repository) -> {
          UploadPack upload = new UploadPack(repository);
          Optional.ofNullable(request.getHeader("Git-Protocol"))
              .ifPresent(version -> upload.setExtraParameters(List.of(version.split(":"))));
          upload.setProtocolV2Hook(new Listening());
          return upload;
        });
    ServletContextHandler context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder(git), "/*");
    context.addFilter(new FilterHolder(gate()), "/*", EnumSet.of(DispatcherType.REQUEST));
    server.setHandler(context);
  }

  /// The value of `Authorization` for a user and a password.
  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /// From now on only this value of `Authorization` is let in.
  void expect(String authorization) {
    expected = authorization;
  }

  /// Serves the repositories of a directory.
  static HttpGitServer plain(Path repositories) {
    return started(new HttpGitServer(repositories, Optional.empty()));
  }

  /// The same with TLS.
  static HttpGitServer tls(Path repositories, Certificate certificate) {
    return started(new HttpGitServer(repositories, Optional.of(certificate)));
  }

  private static HttpGitServer started(HttpGitServer made) {
    try {
      made.server.start();
      return made;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// The URL of a repository by host name.
  String url(String repository) {
    return url("localhost", repository);
  }

  String url(String host, String repository) {
    return "%s://%s:%d/%s".formatted(scheme, host, connector.getLocalPort(), repository);
  }

  void mood(Mood next) {
    mood = next;
  }

  /// Answers everything with a redirect to the same path below another URL.
  void redirectTo(String url) {
    redirectTo = Optional.of(url);
  }

  /// The values of the header `Authorization` that came in.
  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  /// What readers asked for since the last call: `ls-refs` with its prefixes, `fetch`.
  List<String> takeQuestions() {
    List<String> taken = List.copyOf(questions);
    questions.clear();
    return taken;
  }

  /// Notes the questions of Git's protocol version 2.
  private final class Listening implements ProtocolV2Hook {

    @Override
    public void onLsRefs(LsRefsV2Request request) {
      questions.add("ls-refs " + request.getRefPrefixes());
    }

    @Override
    public void onFetch(FetchV2Request request) {
      questions.add("fetch");
    }
  }

  private Filter gate() {
    return (request, response, chain) -> {
      HttpServletRequest http = (HttpServletRequest) request;
      HttpServletResponse answer = (HttpServletResponse) response;
      Optional<String> authorization = Optional.ofNullable(http.getHeader("Authorization"));
      authorization.ifPresent(authorizations::add);
      if (redirectTo.isPresent()) {
        answer.sendRedirect(redirectTo.get() + http.getRequestURI() + "?" + http.getQueryString());
      } else if (authorization.filter(expected::equals).isEmpty()) {
        answer.setHeader("WWW-Authenticate", "Basic realm=\"git\"");
        answer.sendError(HttpServletResponse.SC_UNAUTHORIZED);
      } else {
        switch (mood) {
          case NORMAL -> chain.doFilter(request, response);
          case LOSES_ANSWERS -> {
            if (http.getMethod().equals("POST")) {
              chain.doFilter(request, new Discarding(answer));
              throw new IOException("the connection breaks here");
            }
            chain.doFilter(request, response);
          }
          case BROKEN -> answer.sendError(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
          case FORBIDS -> answer.sendError(HttpServletResponse.SC_FORBIDDEN);
          case WEB_PAGE -> {
            answer.setContentType("text/html");
            answer.getWriter().print("<html>Please sign in</html>");
          }
        }
      }
    };
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// Takes an answer and never sends it.
  private static final class Discarding extends HttpServletResponseWrapper {

    Discarding(HttpServletResponse response) {
      super(response);
    }

    @Override
    public ServletOutputStream getOutputStream() {
      return new ServletOutputStream() {
        @Override
        public boolean isReady() {
          return true;
        }

        @Override
        public void setWriteListener(WriteListener listener) {}

        @Override
        public void write(int b) {}
      };
    }

    @Override
    public void flushBuffer() {}
  }

  /// A self-signed certificate for one host name.
  ///
  /// @param keyStore PKCS 12 with the private key
  /// @param pem the certificate alone
  record Certificate(Path keyStore, Path pem) {

    private static final String STORE_PASSWORD = "changeit";

    static Certificate make(Path directory, String host) {
      Path store = directory.resolve(host + ".p12");
      Path pem = directory.resolve(host + ".pem");
      Tool.run(
          List.of(
              Tool.ofJdk("keytool"),
              "-genkeypair",
              "-keyalg",
              "EC",
              "-dname",
              "CN=" + host,
              "-ext",
              "SAN=dns:" + host,
              "-validity",
              "2",
              "-keystore",
              store.toString(),
              "-storepass",
              STORE_PASSWORD));
      Tool.run(
          List.of(
              Tool.ofJdk("keytool"),
              "-exportcert",
              "-rfc",
              "-keystore",
              store.toString(),
              "-storepass",
              STORE_PASSWORD,
              "-file",
              pem.toString()));
      return new Certificate(store, pem);
    }

    SslContextFactory.Server contextFactory() {
      SslContextFactory.Server factory = new SslContextFactory.Server();
      factory.setKeyStorePath(keyStore.toString());
      factory.setKeyStorePassword(STORE_PASSWORD);
      factory.setSniRequired(false);
      return factory;
    }
  }
}
