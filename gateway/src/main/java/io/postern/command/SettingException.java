package io.postern.command;

/** A bad setting: one line that names it, and what would be right. Ends the start with status 2. */
final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param setting the variable's name
   * @param problem what is wrong with it, without secrets
   */
  SettingException(String setting, String problem) {
    super(setting + " (" + Environment.optionOf(setting) + "): " + problem);
  }
}
