// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.http;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.QueryStringEncoder;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/// Our calls and answers from and to Netty's messages.
final class Calls {

  private static final int MAX_QUERY_PARAMETERS = 64;

  private Calls() {}

  /// What a request turned out to be.
  sealed interface Parsed {

    record Call(HttpCall call) implements Parsed {}

    record Bad(HttpAnswer answer) implements Parsed {}
  }

  static Parsed parse(
      HttpRequest request, HttpBody body, SortedSet<String> callers, Optional<InetAddress> source) {
    Optional<HttpMethod> method = HttpMethod.parse(request.method().name());
    if (method.isEmpty()) {
      return new Parsed.Bad(HttpAnswer.text(501, "this method is not known here"));
    }
    try {
      QueryStringDecoder uri =
          QueryStringDecoder.builder().maxParams(MAX_QUERY_PARAMETERS).build(request.uri());
      if (uri.path().startsWith("/") && !uri.path().startsWith("//")) {
        return new Parsed.Call(
            new HttpCall(
                method.get(),
                uri.path(),
                query(uri),
                headers(request.headers()),
                body,
                callers,
                source));
      }
    } catch (IllegalArgumentException _) {
      // A damaged escape: the same answer as for any other bad path.
    }
    return new Parsed.Bad(HttpAnswer.text(400, "the request names no path that can be read"));
  }

  static FullHttpResponse response(HttpAnswer answer) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body().octets()));
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    if (answer.status() != 204 && answer.status() != 304) {
      response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length());
    }
    return response;
  }

  static HttpAnswer answer(FullHttpResponse response) {
    byte[] octets = new byte[response.content().readableBytes()];
    response.content().readBytes(octets);
    return new HttpAnswer(
        response.status().code(), headers(response.headers()), HttpBody.of(octets));
  }

  /// @param authority host and port for the Host header
  static FullHttpRequest request(HttpCall call, String authority) {
    QueryStringEncoder uri = new QueryStringEncoder(escaped(call.path()));
    call.query().forEach(uri::addParam);
    FullHttpRequest request =
        new DefaultFullHttpRequest(
            HttpVersion.HTTP_1_1,
            io.netty.handler.codec.http.HttpMethod.valueOf(call.method().name()),
            uri.toString(),
            Unpooled.wrappedBuffer(call.body().octets()));
    call.headers().forEach((name, value) -> request.headers().set(name, value));
    request.headers().set(HttpHeaderNames.HOST, authority);
    if (call.method() != HttpMethod.GET || call.body().length() > 0) {
      request.headers().set(HttpHeaderNames.CONTENT_LENGTH, call.body().length());
    }
    return request;
  }

  /// Percent-encoded where needed (RFC 3986 section 2.1).
  private static String escaped(String path) {
    try {
      return new URI(null, null, path, null).toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a path: " + path, e);
    }
  }

  private static SortedMap<String, String> query(QueryStringDecoder uri) {
    SortedMap<String, String> first = new TreeMap<>();
    uri.parameters().forEach((name, values) -> first.put(name, values.getFirst()));
    return first;
  }

  private static SortedMap<String, String> headers(HttpHeaders headers) {
    SortedMap<String, String> joined = new TreeMap<>();
    for (Map.Entry<String, String> header : headers) {
      joined.merge(
          header.getKey().toLowerCase(Locale.ROOT),
          header.getValue(),
          (first, second) -> first + ", " + second);
    }
    return joined;
  }
}
