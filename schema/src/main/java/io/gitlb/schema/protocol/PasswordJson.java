// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Password;
import java.util.Base64;

/// The JSON form of a [PeerPassword]: a member of what it belongs to, named by what it is.
final class PasswordJson {

  private PasswordJson() {}

  static void write(JsonWriter json, PeerPassword password) {
    switch (password) {
      case PeerPassword.InFile(String path) -> json.text("passwordFile", path);
      case PeerPassword.Given(Password given) ->
          json.text("password", Base64.getEncoder().encodeToString(given.toBytes()));
      case PeerPassword.Missing(String why) -> json.text("passwordMissing", why);
    }
  }

  /// @param member one of the names above, with the reader on its value
  static PeerPassword read(JsonReader json, String member) {
    return switch (member) {
      case "passwordFile" -> new PeerPassword.InFile(json.text());
      case "password" -> new PeerPassword.Given(json.password());
      default -> new PeerPassword.Missing(json.text());
    };
  }
}
