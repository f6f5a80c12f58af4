// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.contract;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/// The current context of a kubeconfig, with all data inline.
///
/// @param server such as `https://127.0.0.1:6443`
/// @param token bearer token, empty for a client certificate
record Kubeconfig(String server, Optional<String> token, SSLContext tls) {
  /// DER of `SEQUENCE { INTEGER 0, SEQUENCE { rsaEncryption, NULL } …`, before the key itself.
  private static final byte[] RSA_ALGORITHM = {
    0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 1, 1, 1, 5, 0
  };

  static Kubeconfig parse(String text) {
    Map<?, ?> root = asMap(new Load(LoadSettings.builder().build()).loadFromString(text), "root");
    Map<?, ?> context = named(root, "contexts", text(root, "current-context"), "context");
    Map<?, ?> cluster = named(root, "clusters", text(context, "cluster"), "cluster");
    Map<?, ?> user = named(root, "users", text(context, "user"), "user");
    Optional<String> token =
        user.containsKey("token") ? Optional.of(text(user, "token")) : Optional.empty();
    try {
      return new Kubeconfig(text(cluster, "server"), token, tls(cluster, user));
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalArgumentException("the kubeconfig cannot be used", unusable);
    }
  }

  private static Map<?, ?> asMap(@Nullable Object value, String what) {
    if (value instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("the kubeconfig has no " + what);
  }

  private static String text(Map<?, ?> map, String field) {
    return String.valueOf(map.get(field));
  }

  private static Map<?, ?> named(Map<?, ?> root, String list, String name, String field) {
    if (root.get(list) instanceof List<?> entries) {
      for (Object entry : entries) {
        if (entry instanceof Map<?, ?> map && name.equals(map.get("name"))) {
          return asMap(map.get(field), field);
        }
      }
    }
    throw new IllegalArgumentException("no " + name + " in " + list);
  }

  private static SSLContext tls(Map<?, ?> cluster, Map<?, ?> user)
      throws GeneralSecurityException, IOException {
    char[] none = new char[0];
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, none);
    for (Certificate ca : certificates(decoded(cluster, "certificate-authority-data"))) {
      trusted.setCertificateEntry("ca" + trusted.size(), ca);
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(trusted);
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, none);
    if (user.containsKey("client-certificate-data")) {
      own.setKeyEntry(
          "client",
          privateKey(decoded(user, "client-key-data")),
          none,
          certificates(decoded(user, "client-certificate-data")).toArray(Certificate[]::new));
    }
    keys.init(own, none);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static byte[] decoded(Map<?, ?> map, String field) {
    return Base64.getDecoder().decode(text(map, field));
  }

  private static List<Certificate> certificates(byte[] pem) throws GeneralSecurityException {
    return List.copyOf(
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem)));
  }

  private static PrivateKey privateKey(byte[] pem) throws GeneralSecurityException {
    String text = new String(pem, StandardCharsets.US_ASCII);
    byte[] der = Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
    if (text.contains("BEGIN RSA PRIVATE KEY")) {
      byte[] inner = wrapped(0x04, der);
      byte[] body = concat(new byte[] {2, 1, 0}, concat(RSA_ALGORITHM, inner));
      return KeyFactory.getInstance("RSA")
          .generatePrivate(new PKCS8EncodedKeySpec(wrapped(0x30, body)));
    }
    if (!text.contains("BEGIN PRIVATE KEY")) {
      throw new GeneralSecurityException("only PKCS#8 and RSA keys are read; use a token");
    }
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException notEc) {
      return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(der));
    }
  }

  private static byte[] wrapped(int tag, byte[] content) {
    byte[] head = {(byte) tag, (byte) 0x82, (byte) (content.length >> 8), (byte) content.length};
    return concat(head, content);
  }

  private static byte[] concat(byte[] left, byte[] right) {
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.writeBytes(left);
    both.writeBytes(right);
    return both.toByteArray();
  }
}
