// SPDX-License-Identifier: Apache-2.0
/// What the documents of the config branch say, once read: [Definitions] and the [Problem]s found
/// on the way. Pure. One commit gives one set of definitions or a list of problems, never half of
/// each.
@NullMarked
package io.gitlb.schema.model;

import org.jspecify.annotations.NullMarked;
