// The clock of this page's machine goes wrong: by so many milliseconds, and by others once it is set anew.
(() => {
  const Right = Date;
  window.laboratoryWrongByMs ??= 0;
  const now = () => Right.now() + window.laboratoryWrongByMs;
  window.Date = class extends Right {
    constructor(...parts) {
      if (parts.length === 0) super(now());
      else super(...parts);
    }

    static now() {
      return now();
    }
  };
})();
