package io.postern.setting;

/** A bad setting: one line that names it, and what would be right. Ends the start with status 2. */
public final class SettingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /**
   * @param setting the variable's name
   * @param problem what is wrong with it, without secrets
   */
  public SettingException(String setting, String problem) {
    super(setting + " (" + Settings.optionOf(setting) + "): " + problem);
  }
}
